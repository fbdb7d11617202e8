import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Programs, type Ended } from './fixtures/programs.ts'

/*
 * Whole processes, which run compiled JavaScript as an installed package is: whether they end by themselves, and that
 * they survive their workers.
 */

/** A user's module, in plain JavaScript. */
const pipelines = `
import { Dataset, ndarray } from './index.js'
export const endless = (flags) => Dataset.range(Infinity).map((x) => {
  if (flags) Atomics.add(flags, 0, 1)
  return ndarray(Int32Array.of(x))
})
export const few = () => Dataset.range(6).batch(2)
export const stuck = () => Dataset.fromGenerator(async function* () { await new Promise(() => undefined) })
export const hungry = () => Dataset.range(3).map((x) => {
  const kept = []
  while (x === 2) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })))
  return x
})
export const noisy = () => Dataset.range(3).map((x) => {
  setInterval(() => undefined, 1000)
  return x
})
`

const head = `
import { Dataset, workerFn } from './index.js'
import { busyWorkers } from './parallel/processPool.js'
const open = (name, options) => Dataset.fromWorkers(workerFn(new URL('./pipelines.mjs', import.meta.url), name), options)
`

let programs: Programs
beforeAll(() => {
  programs = new Programs({ 'pipelines.mjs': pipelines })
}, 60_000)
afterAll(() => programs.remove())

/** Runs a program to its end. */
const run = (program: string, flags: string[] = []): Promise<Ended> => programs.run(head + program, flags)

describe('a process', () => {
  it('ends where an iterator is neither ended nor closed', async () => {
    const ended = await run(`
      const iterator = open('endless', { workers: 2 }).iterator()
      for (let i = 0; i < 3; i++) console.log((await iterator.next()).value.data[0])
    `)
    expect(ended).toEqual({ code: 0, out: '0\n1\n2', err: '' })
  })

  it('ends after the last element, also where something in the worker still runs', async () => {
    const ended = await run(`
      for (const name of ['few', 'noisy']) console.log((await open(name, { workers: 2 }).toArray()).length)
    `)
    expect(ended).toEqual({ code: 0, out: '3\n3', err: '' })
  })

  it('ends after an error that nobody catches, with it', async () => {
    const { code, err } = await run(`await open('nothing').first()`)
    expect(code).toBe(1)
    expect(err).toContain('has no export nothing. It exports endless, few, hungry, noisy, stuck.')
  })

  it('ends once the iteration that it waits for is aborted', async () => {
    const ended = await run(`
      const controller = new AbortController()
      const pending = open('stuck').toArray({ signal: controller.signal })
      setImmediate(() => controller.abort())
      await pending.catch((error) => console.log(error.name))
    `)
    expect(ended).toEqual({ code: 0, out: 'CancelledError', err: '' })
  })

  it('that is blocked finds the buffer full, and then ends', async () => {
    const ended = await run(`
      const flags = new Int32Array(new SharedArrayBuffer(4))
      const iterator = open('endless', { args: [flags], bufferSize: 3 }).iterator()
      await iterator.next()
      while (Atomics.load(flags, 0) < 4) continue
      console.log(Atomics.load(flags, 0))
      // Whoever makes the fourth has written those before it, and may still be writing that one.
      for (let i = 1; i < 3; i++) console.log(iterator.pull().data[0])
      console.log((await iterator.next()).value.data[0])
    `)
    expect(ended).toEqual({ code: 0, out: '4\n1\n2\n3', err: '' })
  })

  it('starts no more threads for 100 early exits than for one', async () => {
    const ended = await run(`
      let started = 0
      process.on('worker', () => started++)
      const free = async () => {
        while (busyWorkers() > 0) await new Promise(setImmediate)
      }
      for (let i = 0; i < 100; i++) {
        const iterator = open('endless', { bufferSize: 1 + (i % 3) }).iterator()
        const pending = iterator.next()
        if (i % 4 !== 3) await pending
        await iterator.return()
        await pending
        await free()
      }
      console.log(started)
    `)
    expect(ended).toEqual({ code: 0, out: '1', err: '' })
  })

  it('survives a worker whose memory is used up', async () => {
    const { code, out } = await run(
      `
      const elements = []
      try {
        for await (const element of open('hungry')) elements.push(element)
      } catch (error) {
        console.log(elements.join(), error.name, error.index, error.message.includes('--max-old-space-size'))
      }
    `,
      ['--max-old-space-size=40'],
    )
    expect({ code, out }).toEqual({ code: 0, out: '0,1 ResourceExhaustedError 2 true' })
  })

  it('may be a program given as text', async () => {
    const index = JSON.stringify(join(programs.folder, 'index.js'))
    const user = JSON.stringify(join(programs.folder, 'pipelines.mjs'))
    const program = `
      import { Dataset, workerFn } from ${index}
      console.log((await Dataset.fromWorkers(workerFn(${user}, 'few')).toArray()).length)
    `
    expect(await programs.start(['--input-type=module', '--eval', program])).toEqual({ code: 0, out: '3', err: '' })
  })

  it('may be TypeScript that tsx runs', async () => {
    const program = fileURLToPath(new URL('./fixtures/typescriptProgram.ts', import.meta.url))
    expect(await programs.start(['--import', import.meta.resolve('tsx'), program])).toEqual({
      code: 0,
      out: '0 0,2 2,4 4',
      err: '',
    })
  })
})
