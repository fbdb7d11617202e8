import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs'

/*
 * Threads for the wasm backend in Node.
 *
 * The package ships a threaded build of its kernels but starts it in browsers only: the build makes its workers from
 * blob addresses, which Node does not take, and counts cores in its own way. While the backend starts, three names are
 * replaced to help it, and put back right after:
 *
 *     URL.createObjectURL    notes the blobs that hold its scripts
 *     worker_threads.Worker  makes a worker from such a blob; passes everything else on
 *     os.cpus                shows two cores a thread, since the build takes half of them
 *
 * It reaches into what one version of the package looks like inside, so `threadedVersion` says which.
 */

/** The version of `@tensorflow/tfjs-backend-wasm` whose inside this file knows. */
export const threadedVersion: string = '4.22.0'

/** Workers that the build makes at its start, of which it uses one fewer than it has threads, from the last backwards. */
const poolSize = 8

/** Most threads that can be had: those workers and the caller's own thread. */
export const mostThreads = poolSize

/** What the script of the build expects to find around it, then the script. */
const bootstrap = `
const { workerData } = require('node:worker_threads')
Object.assign(globalThis, {
  require$$0: require('fs'), require$$1: require('path'), require$$3: require('perf_hooks'), require$$4: require('os'),
  commonjsGlobal: globalThis, __dirname: '/', __values: (list) => list[Symbol.iterator](),
  __read: (list) => [...list], __spreadArray: (to, from) => [...to, ...from],
})
workerData.text().then((script) => {
  new Function('require', '__filename', script)(require, '')
  globalThis.importScripts = (source) => (0, eval)(source)
})`

interface LoadMessage {
  readonly cmd?: string
  readonly urlOrBlob?: Blob
}

/** A thread of the build. It never keeps the process alive once it is loaded. */
class ThreadWorker extends Worker {
  constructor(script: Blob) {
    super(bootstrap, { eval: true, workerData: script })
  }

  override postMessage(message: LoadMessage): void {
    const source = message.urlOrBlob
    if (source === undefined) super.postMessage(message)
    else void source.text().then((text) => super.postMessage({ ...message, urlOrBlob: text }))
  }

  override ref(): void {
    this.unref()
  }
}

/** Stands where the build wants a worker that it will not use. */
class IdleWorker extends EventEmitter {
  postMessage(): void {
    setImmediate(() => this.emit('message', { cmd: 'loaded' }))
  }

  ref(): void {
    // Nothing runs, so nothing can keep the process alive.
  }

  unref(): void {
    // As for ref.
  }

  terminate(): void {
    // Nothing to end.
  }
}

/**
 * Starts the wasm backend with threads.
 *
 * @param threads threads to work on, the caller's among them: 2 to `mostThreads`
 * @param start starts the backend
 * @returns what `start` returns
 */
export async function withThreads<T>(threads: number, start: () => Promise<T>): Promise<T> {
  const require = createRequire(import.meta.url)
  const system = require('node:os') as { cpus: () => unknown[] }
  const workers = require('node:worker_threads') as { Worker: typeof Worker }
  const globals = globalThis as unknown as Record<string, unknown>
  const addresses = URL as unknown as { createObjectURL: (blob: unknown) => string }
  const kept = { cpus: system.cpus, Worker: workers.Worker, createObjectURL: addresses.createObjectURL }
  const workerBefore = Object.getOwnPropertyDescriptor(globals, 'Worker')
  const scripts = new Map<unknown, Blob>()
  let made = 0
  URL.createObjectURL = (blob) => {
    const address = kept.createObjectURL(blob)
    scripts.set(address, blob)
    return address
  }
  workers.Worker = new Proxy(Worker, {
    construct(target, args: ConstructorParameters<typeof Worker>) {
      const script = scripts.get(args[0])
      if (script === undefined) return new target(...args)
      return made++ < poolSize - (threads - 1) ? new IdleWorker() : new ThreadWorker(script)
    },
  })
  system.cpus = () => Array.from({ length: 2 * threads }, () => ({}))
  const flag = 'WASM_HAS_MULTITHREAD_SUPPORT'
  tf.env().set(flag, true)
  try {
    return await start()
  } finally {
    tf.env().set(flag, false)
    system.cpus = kept.cpus
    workers.Worker = kept.Worker
    addresses.createObjectURL = kept.createObjectURL
    if (workerBefore === undefined) delete globals['Worker']
    else Object.defineProperty(globals, 'Worker', workerBefore)
    for (const address of scripts.keys()) URL.revokeObjectURL(String(address))
  }
}
