import { availableParallelism } from 'node:os'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import type * as tfjsWasm from '@tensorflow/tfjs-backend-wasm'
import { UnavailableError } from '../../core/errors.ts'
import { registerKernels } from './wasm/registerKernels.ts'
import { mostThreads, threadedVersion, withThreads } from './wasm/threads.ts'

const packageName = '@tensorflow/tfjs-backend-wasm'
let started: Promise<number> | undefined

/**
 * Starts the wasm backend with the gradient kernels that training needs, once for the process.
 *
 * @param threads threads that its kernels work on, the caller's among them; by default one a core, at most 8
 * @returns how many threads it has; a later call gets those of the first
 * @throws UnavailableError where the package is missing or does not start
 */
export async function startWasm(threads: number = availableParallelism()): Promise<number> {
  started ??= start(Math.min(threads, mostThreads))
  try {
    const count = await started
    await tf.setBackend('wasm')
    return count
  } catch (thrown) {
    started = undefined
    throw thrown
  }
}

async function start(threads: number): Promise<number> {
  const wasm = await load()
  // By a full path, so that it does not matter where the process was started.
  wasm.setWasmPaths(dirname(createRequire(import.meta.url).resolve(packageName)) + sep)
  // Compared as text, since the types know the installed version only.
  const threaded = threads > 1 && wasm.version_wasm === threadedVersion
  wasm.setThreadsCount(threads)
  const done = await quietly(async () => (threaded && (await withThreads(threads, begin))) || begin())
  if (!done) {
    throw new UnavailableError('The wasm backend did not start.', {
      hint: `Install ${packageName} ${tf.version['tfjs-core']} anew, or choose 'cpu'.`,
    })
  }
  registerKernels()
  return wasm.getThreadsCount()
}

function begin(): Promise<boolean> {
  return tf.setBackend('wasm')
}

async function load(): Promise<typeof tfjsWasm> {
  try {
    return await import('@tensorflow/tfjs-backend-wasm')
  } catch (cause) {
    throw new UnavailableError(`The wasm backend needs the package ${packageName}, which does not load.`, {
      hint: `Run: npm install ${packageName}@${tf.version['tfjs-core']}`,
      cause,
    })
  }
}

/** Its start adds process-wide handlers that turn every rejected promise into a dump of its own source; undo that. */
async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection']
  const before = new Set(events.flatMap((event) => process.listeners(event as 'exit')))
  try {
    return await action()
  } finally {
    for (const event of events) {
      for (const listener of process.listeners(event as 'exit')) {
        if (!before.has(listener)) process.removeListener(event, listener)
      }
    }
  }
}
