import { describe, expect, expectTypeOf, it } from 'vitest'
import { Dataset, type NdArray, ndarray, workerFn } from '../../src/index.ts'
import { digest, plain } from '../parallel/fixtures/digest.ts'
import * as pipelines from '../parallel/fixtures/pipelines.ts'

const url = pipelines.here

describe('fromWorkers gives what the pipeline gives', () => {
  const rows = [
    { name: 'everything', build: () => pipelines.everything(), args: [], counts: [0, 1, 2, 3] },
    { name: 'mixed', build: () => pipelines.mixed(7), args: [7], counts: [0, 2] },
    { name: 'alternating', build: () => pipelines.alternating(12), args: [12], counts: [0, 2] },
    { name: 'growing', build: () => pipelines.growing(12), args: [12], counts: [2] },
    { name: 'manyForms', build: () => pipelines.manyForms(70), args: [70], counts: [1] },
    { name: 'mixed', build: () => pipelines.mixed(0), args: [0], counts: [0, 2] },
    { name: 'tuned', build: () => pipelines.tuned(200), args: [200], counts: [0, 2] },
    { name: 'outer', build: () => pipelines.inner(5), args: [5], counts: [1] },
  ]
  it.each(rows)('$name($args), with $counts workers', async ({ name, build, args, counts }) => {
    const expected = await digest(build())
    for (const workers of counts) {
      const dataset = Dataset.fromWorkers(workerFn(url, name), { args, workers, bufferSize: 2 } as never)
      expect(await digest(dataset), `${workers} workers`).toBe(expected)
    }
  })

  it('in each pass anew, by the epoch', async () => {
    const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.everything>(url, 'everything'), { args: [8] })
    const here = pipelines.everything(8)
    expect(await digest(dataset.repeat(2))).toBe(await digest(here.repeat(2)))
    const [first, second] = [dataset.iterator({ epoch: 0 }), dataset.iterator({ epoch: 1 })]
    expect(await digest(second)).not.toBe(await digest(first))
  })

  it.each([0, 1])('with the memory that its plan says, with %i workers', async (workers) => {
    const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.capped>(url, 'capped'), { workers })
    await expect(dataset.toArray()).rejects.toThrow(
      'range.map.shuffle: the buffer of 10 elements takes more memory than the pipeline may hold, after 5.',
    )
  })

  it('with types inferred', () => {
    const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.inner>(url, 'inner'), { args: [1] })
    expectTypeOf(dataset).toEqualTypeOf<Dataset<NdArray<'int32', 1>>>()
    // @ts-expect-error the argument is a number
    Dataset.fromWorkers(workerFn<typeof pipelines.inner>(url, 'inner'), { args: ['1'] })
  })
})

describe('fromWorkers and its arguments', () => {
  it('brings them over as they are, and as they were', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(8))
    const args = [
      1n,
      'é',
      null,
      undefined,
      [ndarray([[1, 2]])],
      { at: new Date(5), rule: /a/g },
      Buffer.from('ab'),
      shared,
    ]
    const list = [1, 2, 3]
    for (const workers of [0, 1]) {
      const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.echo>(url, 'echo'), {
        args: [...args, list],
        workers,
      })
      list.push(4)
      const arrived = await dataset.first()
      expect(arrived?.slice(0, 6)).toEqual(args.slice(0, 6))
      expect(plain(arrived?.[6])).toEqual({ bytes: [97, 98] })
      expect(arrived?.[8]).toEqual([1, 2, 3])
      list.pop()
    }
  })

  const bad: [unknown, string][] = [
    [[() => 1], 'fromWorkers: args[0] is a function, which cannot travel between threads.'],
    [
      [1, { on: { next: () => 1 } }],
      'fromWorkers: args[1].on.next is a function, which cannot travel between threads.',
    ],
    [[[Symbol('s')]], 'fromWorkers: args[0][0] is Symbol(s), which cannot travel between threads.'],
    [[new URL('file:///a')], 'fromWorkers: args[0] is a URL, which cannot travel between threads.'],
    [[new Map()], 'fromWorkers: args[0] is a Map, which cannot travel between threads.'],
    [[Promise.resolve(1)], 'fromWorkers: args[0] is a Promise, which cannot travel between threads.'],
    [5, 'fromWorkers: args must be an array, got 5.'],
  ]
  it.each(bad)('refuses %o when it is built', (args, message) => {
    const build = (): unknown => Dataset.fromWorkers(workerFn(url, 'echo'), { args } as never)
    expect(build).toThrow(expect.objectContaining({ name: 'InvalidArgumentError' }))
    expect(build).toThrow(message)
  })

  it.each([
    [{ workers: -1 }, 'fromWorkers: workers must be a whole number of at least 0, got -1.'],
    [{ workers: 1.5 }, 'fromWorkers: workers must be a whole number of at least 0, got 1.5.'],
    [{ bufferSize: 0 }, 'fromWorkers: bufferSize must be a whole number of at least 1, got 0.'],
    [
      { threads: 1 },
      'fromWorkers: there is no option threads. It takes args, workers, bufferSize, shard, deterministic, retries.',
    ],
  ])('refuses the options %o', (options, message) => {
    expect(() => Dataset.fromWorkers(workerFn(url, 'echo'), options as never)).toThrow(message)
  })

  it('refuses what workerFn did not make', () => {
    expect(() => Dataset.fromWorkers((() => 1) as never)).toThrow(
      "fromWorkers: the function must be what workerFn(module, 'name') returns, got a function.",
    )
  })
})

describe('fromWorkers resumes', () => {
  const open = (workers: number) =>
    Dataset.fromWorkers(workerFn<typeof pipelines.everything>(url, 'everything'), {
      args: [12],
      workers,
      bufferSize: 1,
    })

  it('after every element, through JSON, with another number of workers', async () => {
    const all = (await pipelines.everything(12).toArray()).map(plain)
    const states: unknown[] = []
    const iterator = open(2).iterator()
    for (;;) {
      states.push(JSON.parse(JSON.stringify(iterator.save())))
      if ((await iterator.next()).done === true) break
    }
    expect(states).toHaveLength(all.length + 1)
    for (const [k, state] of states.entries()) {
      const rest = await open([1, 2, 0][k % 3]).toArray({ state: state as never })
      expect(rest.map(plain), `after ${k}`).toEqual(all.slice(k))
    }
  })

  it('with the same states, whatever the number of workers', async () => {
    const statesOf = async (workers: number): Promise<unknown[]> => {
      const states: unknown[] = []
      const iterator = Dataset.fromWorkers(workerFn<typeof pipelines.mixed>(url, 'mixed'), {
        args: [5],
        workers,
      }).iterator()
      while ((await iterator.next()).done !== true) states.push(iterator.save())
      return states
    }
    const expected = await statesOf(0)
    expect(await statesOf(2)).toEqual(expected)
  })

  it.each([0, 1])('not with another pipeline inside, with %i workers', async (workers) => {
    const before = open(workers).iterator()
    await before.next()
    const state = before.save()
    await before.return()
    const other = Dataset.fromWorkers(workerFn<typeof pipelines.everything>(url, 'everything'), { args: [30], workers })
    await expect(other.toArray({ state })).rejects.toThrow(
      expect.objectContaining({
        name: 'FailedPreconditionError',
        message:
          'fromWorkers: state was saved by another pipeline: operation 0 was range(start: 0, stop: 12, step: 1), ' +
          'and is range(start: 0, stop: 30, step: 1). Restore it with the same operations and arguments.',
      }),
    )
  })
})
