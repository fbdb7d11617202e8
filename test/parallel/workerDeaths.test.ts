import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Programs } from './fixtures/programs.ts'

/*
 * Worker maps whose threads die, in processes that run compiled JavaScript: threads start in milliseconds there, so that a
 * hundred of them may be killed.
 */

const functions = `
import { Dataset, ndarray, TensorSpec } from './index.js'
const drawing = (x, { rng }) => x * 1000 + rng.integer(1000)
export const numbers = () => Dataset.range(80).shuffle(20).map(drawing)
export const shard = ({ index, count }) => Dataset.range(index, 80, count).shuffle(20).map(drawing)
export const keep = (flags) => flags
export const work = (x, { rng }) => {
  let sum = 0
  for (let i = 0; i < 20000; i++) sum = (sum + i * x) % 9973
  return [x, sum, rng.integer(1000)]
}
export const large = (x, { rng }) => {
  const until = performance.now() + 0.5
  while (performance.now() < until) continue
  return { row: ndarray(new Float32Array(1024).fill(rng.uniform())), x }
}
export const largeSpec = { row: new TensorSpec([1024], 'float32'), x: new TensorSpec([], 'int32') }
export const deadly = (x, { state }) => {
  if (x === state[1]) {
    state[1] = -1
    process.exit(3)
  }
  return x
}
export const always = (x) => (x === 5 ? process.exit(0) : x)
export const uncaught = async (x) => {
  if (x === 5) setImmediate(() => { throw new Error('thrown from a callback') })
  return x === 5 ? new Promise(() => undefined) : x
}
export const hungry = (x) => {
  const kept = []
  while (x === 2) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i })))
  return x
}
`

const head = `
import { closeWorkers, configureWorkers, Dataset, startWorkers, workerFn } from './index.js'
const url = new URL('./functions.mjs', import.meta.url)
const fn = (name) => workerFn(url, name)
`

let programs: Programs
beforeAll(() => {
  programs = new Programs({ 'functions.mjs': functions })
}, 60_000)
afterAll(() => programs.remove())

const run = (program: string) => programs.run(head + program)

describe('threads that are killed at a hundred random points', () => {
  it.each([
    ['', 'work', '.map((row) => row.join())'],
    ['batched ', 'work', '.batch(7).map((columns) => columns.map(({ data }) => data.join()).join())'],
    ['shared ', 'large', '.batch(12).map(({ row, x }) => [row.data[0], row.data[12287], x.data.join()].join())'],
  ])('lose no %selement and repeat none, where their blocks are tried again', async (_, name, then) => {
    const ended = await run(`
      import { createHash } from 'node:crypto'
      import { work, large, largeSpec } from './functions.mjs'
      const threads = new Set()
      process.on('worker', (worker) => {
        threads.add(worker)
        worker.once('exit', () => threads.delete(worker))
      })
      let seed = 7
      const draw = (bound) => (seed = (seed * 48271) % 2147483647) % bound
      const digest = async (dataset, each) => {
        const hash = createHash('sha256')
        await dataset.forEach((element) => {
          hash.update(JSON.stringify(element))
          each?.()
        }, { epoch: 0 })
        return hash.digest('hex')
      }
      const input = Dataset.range(120)
      const outputSignature = ${name === 'large' ? 'largeSpec' : 'undefined'}
      const signed = outputSignature === undefined ? {} : { outputSignature }
      const expected = await digest(input.map(${name}, signed)${then})
      let kills = 0
      let wrong = 0
      const mapped = input.map(fn('${name}'), { workers: 2, blockSize: 5, retries: 100, ...signed })
      while (kills < 50) {
        let left = draw(${name === 'large' ? 10 : 100})
        const found = await digest(mapped${then}, () => {
          if (left-- > 0 || threads.size === 0) return
          left = ${name === 'large' ? 2 : 10} + draw(${name === 'large' ? 5 : 100})
          kills++
          void [...threads][draw(threads.size)].terminate()
        })
        if (found !== expected) wrong++
      }
      console.log(kills >= 50, wrong)
    `)
    expect(ended).toEqual({ code: 0, out: 'true 0', err: '' })
  })

  it('are errors for their elements alone, in order, where their blocks are not', async () => {
    const ended = await run(`
      let seed = 11
      const draw = (bound) => (seed = (seed * 48271) % 2147483647) % bound
      const flags = new Int32Array(new SharedArrayBuffer(8))
      let wrong = 0
      for (let round = 0; round < 50; round++) {
        const at = draw(60)
        flags[1] = at
        const seen = []
        const options = { workers: 2, blockSize: 1 + draw(16), init: fn('keep'), args: [flags] }
        const mapped = Dataset.range(60).map(fn('deadly'), options)
        await mapped.ignoreErrors({ onError: (error) => seen.push([error.name, error.index].join()) })
          .forEach((x) => seen.push(x))
        const expected = Array.from({ length: 60 }, (_, x) => (x === at ? 'UnavailableError,' + at : x))
        if (seen.join(' ') !== expected.join(' ')) wrong++
      }
      console.log(wrong)
    `)
    expect(ended).toEqual({ code: 0, out: '0', err: '' })
  })
})

describe('threads of pipelines that are killed', () => {
  it.each([
    ['that all run the plan', 'numbers', '{ workers: 2, retries: 100 }'],
    ['that read a shard each', 'shard', '{ workers: 2, retries: 100, shard: true }'],
  ])('%s lose nothing and repeat nothing, where they are tried again', async (_, name, options) => {
    const ended = await run(`
      const threads = new Set()
      process.on('worker', (worker) => {
        threads.add(worker)
        worker.once('exit', () => threads.delete(worker))
      })
      let seed = 3
      const draw = (bound) => (seed = (seed * 48271) % 2147483647) % bound
      const dataset = Dataset.fromWorkers(fn('${name}'), ${options})
      const expected = (await dataset.toArray({ epoch: 0 })).join()
      let [kills, wrong] = [0, 0]
      while (kills < 25) {
        const found = []
        let left = draw(30)
        await dataset.forEach((x) => {
          found.push(x)
          if (left-- > 0 || threads.size === 0) return
          left = draw(60)
          kills++
          void [...threads][draw(threads.size)].terminate()
        }, { epoch: 0 })
        if (found.join() !== expected) wrong++
      }
      console.log(expected.split(',').length, kills >= 25, wrong)
    `)
    expect(ended).toEqual({ code: 0, out: '80 true 0', err: '' })
  })
})

describe('a thread that is ended as it starts', () => {
  it.each([
    ['of a pipeline', "Dataset.fromWorkers(fn('shard'), { workers: 2, retries: 9, shard: true })"],
    ['of a map', "Dataset.range(80).map(fn('work'), { workers: 2, retries: 9 })"],
  ])('%s has another one in its place', async (_, dataset) => {
    const ended = await run(`
      const dataset = ${dataset}
      const expected = JSON.stringify(await dataset.toArray({ epoch: 0 }))
      for (const ends of [1, 2, 5]) {
        await closeWorkers()
        let left = ends
        process.on('worker', (worker) => {
          if (left-- > 0) void worker.terminate()
        })
        const found = JSON.stringify(await dataset.toArray({ epoch: 0 }))
        console.log(left < 0, found === expected)
        process.removeAllListeners('worker')
      }
    `)
    expect(ended).toEqual({ code: 0, out: 'true true\ntrue true\ntrue true', err: '' })
  })
})

describe('a thread that dies', () => {
  it.each([
    [
      'always',
      'UnavailableError',
      'died at element 5: worker exited with code: 0. Does the function call process.exit',
    ],
    ['uncaught', 'UnavailableError', 'died at element 5: thrown from a callback. Does the function call process.exit'],
  ])('by %s is an error that names the operation and the elements', async (name, error, message) => {
    const ended = await run(`
      for (const retries of [0, 2]) {
        try {
          for await (const x of Dataset.range(20).map(fn('${name}'), { blockSize: 4, retries })) console.log(x)
        } catch (error) {
          console.log(error.name, error.path, error.index, error.message)
        }
      }
    `)
    const once = `0\n1\n2\n3\n4\n${error} range.map 5 range.map: the worker that ran elements 4 to 7 ${message}`
    expect(ended.code).toBe(0)
    expect(ended.out.split('UnavailableError')).toHaveLength(3)
    expect(ended.out.startsWith(once)).toBe(true)
  })

  it('as its memory is used up says how to have more', async () => {
    const ended = await run(`
      configureWorkers({ threads: 2, resourceLimits: { maxOldGenerationSizeMb: 30 } })
      try {
        for await (const x of Dataset.range(20).map(fn('hungry'), { blockSize: 4 })) console.log(x)
      } catch (error) {
        console.log(error.name, error.index, error.message.includes('configureWorkers'))
      }
    `)
    expect(ended).toEqual({ code: 0, out: '0\n1\nResourceExhaustedError 2 true', err: '' })
  })

  it('does not stop the pool: the next iteration works', async () => {
    const ended = await run(`
      for (let round = 0; round < 3; round++) {
        await Dataset.range(20).map(fn('always')).toArray().catch(({ name }) => console.log(name))
        console.log((await Dataset.range(20).map(fn('work')).toArray()).length)
      }
      await closeWorkers()
      console.log((await Dataset.range(20).map(fn('work')).toArray()).length)
    `)
    expect(ended).toEqual({ code: 0, out: `${'UnavailableError\n20\n'.repeat(3)}20`, err: '' })
  })
})

describe('the pool', () => {
  it('is configured before it starts only', async () => {
    const ended = await run(`
      configureWorkers({ threads: 1 })
      let threads = 0
      process.on('worker', () => threads++)
      console.log((await Dataset.range(40).map(fn('work'), { workers: 2, blockSize: 1 }).toArray()).length, threads)
      try {
        configureWorkers({ threads: 3 })
      } catch (error) {
        console.log(error.name, error.message)
      }
      await closeWorkers()
      configureWorkers({ threads: 2 })
      console.log((await Dataset.range(40).map(fn('work'), { workers: 2, blockSize: 1 }).toArray()).length, threads)
    `)
    const refused =
      'FailedPreconditionError configureWorkers: the threads of this process have started already. ' +
      'Call it before the first iteration, or after closeWorkers().'
    expect(ended).toEqual({ code: 0, out: `40 1\n${refused}\n40 3`, err: '' })
  })

  it('starts before it is needed where it is told to, with no more threads than it may have', async () => {
    const ended = await run(`
      configureWorkers({ threads: 2 })
      let threads = 0
      process.on('worker', () => threads++)
      await startWorkers(1)
      console.log(threads)
      await Promise.all([startWorkers(), startWorkers(9)])
      console.log(threads)
      console.log((await Dataset.range(40).map(fn('work'), { workers: 2, blockSize: 1 }).toArray()).length, threads)
      await startWorkers(0).catch(({ message }) => console.log(message))
    `)
    const refused = 'startWorkers: threads must be a whole number of at least 1, got 0.'
    expect(ended).toEqual({ code: 0, out: `1\n2\n40 2\n${refused}`, err: '' })
  })

  it('is shared by training and validation, keeps its threads, and leaks none in 10 epochs and 1,000 early exits', async () => {
    const ended = await programs.run(
      `${head}
      configureWorkers({ threads: 2 })
      let threads = 0
      process.on('worker', () => threads++)
      const train = Dataset.range(200).map(fn('work'), { workers: 2, blockSize: 8 })
      const validation = Dataset.range(50).map(fn('work'), { workers: 2, blockSize: 8 })
      const epoch = async () => {
        const iterator = train.iterator()
        for (let step = 0; step < 200; step++) {
          await iterator.next()
          if (step % 50 === 0) await validation.toArray()
        }
        await iterator.return()
      }
      const exits = async (count) => {
        for (let i = 0; i < count; i++) for await (const x of train) if (x[0] >= i % 20) break
      }
      await epoch()
      await exits(100)
      const used = () => { gc(); gc(); const { heapUsed, arrayBuffers, external } = process.memoryUsage(); return heapUsed + external }
      const [handles, before] = [process.getActiveResourcesInfo().length, used()]
      for (let i = 0; i < 10; i++) await epoch()
      await exits(1000)
      const grown = used() - before
      // A thread that was just left has a moment of grace: were anything else left over, this would not end.
      while (process.getActiveResourcesInfo().length > handles) await new Promise(setImmediate)
      console.log(threads, grown < 16 << 20 || grown)
    `,
      ['--expose-gc'],
    )
    expect(ended).toEqual({ code: 0, out: '2 true', err: '' })
  })
})
