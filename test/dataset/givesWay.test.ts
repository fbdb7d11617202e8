import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'

/** Elements that a loop may go over before somebody must have heard that it is to stop: a second's worth and more. */
const far = 1e8

describe('an iteration that finds nothing and waits for nothing', () => {
  /** Numbers without end, and how many of them were pulled. */
  const endless = () => {
    let pulled = 0
    const numbers = Dataset.range(Infinity).map((x) => {
      if (++pulled > far) throw new Error('nobody was heard')
      return x
    })
    return { numbers, pulled: () => pulled }
  }
  const none = Dataset.range(0)
  const noRows = ndarray(new Int32Array(0), [0, 1])
  const rows: [string, (numbers: Dataset<number>) => Dataset<unknown>][] = [
    ['filter', (d) => d.filter(() => false)],
    ['filter by an async function', (d) => d.filter(() => Promise.resolve(false))],
    ['filter of promises', (d) => d.map((x) => Promise.resolve(x)).filter(() => false)],
    ['filter of filter', (d) => d.filter((x) => x % 1000 === 0).filter(() => false)],
    ['unique', (d) => d.unique({ key: () => 1 }).skip(1)],
    // The key is in the other part.
    ['split', (d) => d.split({ a: 0.5, b: 0.5 }, { key: () => 'x' }).a],
    ['balance', (d) => d.balance({ classFunc: (x) => (x === 0 ? 0 : 1), numClasses: 2 }).filter(() => false)],
    [
      'rejectionResample',
      (d) => d.rejectionResample({ classFunc: () => 0, targetDist: [0, 1], initialDist: [0.5, 0.5] }),
    ],
    ['ignoreErrors', (d) => d.map(() => fail()).ignoreErrors()],
    ['ignoreErrors of promises', (d) => d.map(() => Promise.reject(new Error('bad'))).ignoreErrors()],
    ['skip of what is not skipped over', (d) => d.scan(0, () => [0, 0]).skip(far)],
    ['shard', (d) => d.scan(0, () => [0, 0]).shard(far, far - 1)],
    ['unbatch', (d) => d.map(() => noRows).unbatch()],
    ['rebatch', (d) => d.map(() => noRows).rebatch(1)],
    ['flatMap', (d) => d.flatMap(() => none)],
    ['flatMap that is skipped over', (d) => d.flatMap(() => none).skip(1)],
    ['interleave', (d) => d.interleave(() => none, { cycleLength: 3 })],
    ['interleave with several calls', (d) => d.interleave(() => none, { cycleLength: 3, numParallelCalls: 2 })],
    [
      'interleave in any order',
      (d) => d.interleave(() => none, { cycleLength: 3, numParallelCalls: 2, deterministic: false }),
    ],
    ['groupByWindow', (d) => d.groupByWindow({ keyFunc: () => 0, reduceFunc: () => none, windowSize: 1 })],
    [
      'groupByWindow of one window',
      (d) => d.groupByWindow({ keyFunc: () => 0, reduceFunc: () => none, windowSize: far }),
    ],
    [
      'bucketBySequenceLength',
      (d) =>
        d
          .map(() => noRows)
          .bucketBySequenceLength({
            elementLengthFunc: () => 0,
            bucketBoundaries: [1],
            bucketBatchSizes: [far, 1],
          }),
    ],
    [
      'chooseFromDatasets',
      (d) =>
        Dataset.chooseFromDatasets(
          [none, d],
          d.map(() => 0),
          { stopOnEmptyDataset: false },
        ),
    ],
    [
      'sampleFromDatasets',
      (d) => Dataset.sampleFromDatasets([none, d], { weights: d.map(() => [1, 0]), stopOnEmptyDataset: false }),
    ],
    [
      'repeat of what turns out empty',
      (d) =>
        d
          .take(1)
          .filter(() => false)
          .repeat(far),
    ],
    [
      'repeat of a few',
      (d) =>
        d
          .take(2)
          .repeat()
          .filter(() => false),
    ],
    [
      'window with gaps',
      (d) =>
        d
          .scan(0, () => [0, 0])
          .window(1, { shift: far })
          .skip(1),
    ],
    ['shuffle', (d) => d.shuffle(far)],
    ['random', () => Dataset.random({ seed: 1 }).filter(() => false)],
    ['a generator', () => Dataset.fromGenerator(forEver).filter(() => false)],
    ['prefetch', (d) => d.filter(() => false).prefetch(2)],
    ['concatenate', (d) => none.concatenate(d).filter(() => false)],
  ]

  it.each(rows)('%s hears a signal all the same, and stops', async (_name, build) => {
    const { numbers, pulled } = endless()
    const controller = new AbortController()
    const iterator = build(numbers).iterator({ signal: controller.signal })
    setTimeout(() => controller.abort('enough'))
    await expect(iterator.next()).rejects.toMatchObject({ name: 'CancelledError', cause: 'enough' })
    await turn()
    const atEnd = pulled()
    await turn()
    await turn()
    expect(pulled()).toBe(atEnd)
  })

  it.each(rows)('%s is returned from while it goes on', async (_name, build) => {
    const iterator = build(endless().numbers).iterator()
    const next = iterator.next()
    await iterator.return()
    expect(await next).toEqual({ done: true, value: undefined })
  })
})

describe('an iteration whose function takes long, and keeps nothing', () => {
  it.each<[string, (slow: () => number) => Dataset<number>]>([
    ['filter', (slow) => Dataset.range(far).filter(() => slow() < 0)],
    [
      'unique',
      (slow) =>
        Dataset.range(far)
          .unique({ key: () => slow() && 1 })
          .skip(1),
    ],
    ['split', (slow) => Dataset.range(far).split({ a: 0.5, b: 0.5 }, { key: () => (slow(), 'x') }).a],
    [
      'balance',
      (slow) =>
        Dataset.range(far)
          .balance({ classFunc: () => slow() && 0, numClasses: 2 })
          .filter(() => false),
    ],
  ])('%s hears a signal after a few elements', async (_name, build) => {
    let [calls, now] = [0, performance.now()]
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    try {
      const slow = () => {
        now += 20
        return ++calls
      }
      const controller = new AbortController()
      const iterator = build(slow).iterator({ signal: controller.signal })
      setImmediate(() => controller.abort('enough'))
      await expect(iterator.next()).rejects.toMatchObject({ name: 'CancelledError', cause: 'enough' })
    } finally {
      clock.mockRestore()
      // A slice of time that began in the future is over.
      await turn()
    }
    expect(calls).toBeLessThan(30)
  })
})

describe('a loop over what waits for nothing', () => {
  const far = 1e7
  const check = (index: number) => {
    if (index > far) throw new Error('nobody was heard')
  }
  it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['forEach', (signal) => Dataset.range(Infinity).forEach(check, { signal })],
    [
      'forEach with an async function',
      (signal) => Dataset.range(Infinity).forEach((x) => Promise.resolve(x).then(check), { signal }),
    ],
    ['reduce', (signal) => Dataset.range(2 * far).reduce(0, (_, x) => (check(x), x), { signal })],
    [
      'toArray',
      (signal) =>
        Dataset.range(2 * far)
          .map((x) => (check(x), 0))
          .toArray({ signal }),
    ],
    [
      'for await',
      async (signal) => {
        for await (const x of Dataset.range(Infinity).iterator({ signal })) check(x)
      },
    ],
  ])('%s hears a signal', async (_name, run) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort('enough'))
    await expect(run(controller.signal)).rejects.toMatchObject({ name: 'CancelledError', cause: 'enough' })
  })
})

describe('interleave with several calls over short datasets', () => {
  it('opens no more of them than it has places, and as many again', async () => {
    let opened = 0
    const datasets = Dataset.range(Infinity).interleave(
      (x) => {
        if (++opened > 100) throw new Error('too many')
        return Dataset.range(x, x + 1)
      },
      { cycleLength: 3, blockLength: 4, numParallelCalls: 2 },
    )
    expect(await datasets.take(5).toArray()).toEqual([0, 1, 2, 3, 4])
    expect(opened).toBeLessThanOrEqual(5 + 2 * 3)
  })
})

function fail(): number {
  throw new Error('bad')
}

function* forEver() {
  for (let i = 0; ; i++) yield i
}
