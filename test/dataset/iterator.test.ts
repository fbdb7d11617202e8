import { describe, expect, it } from 'vitest'
import { END, type Cursor } from '../../src/core/cursor.ts'
import { CancelledError, FailedPreconditionError, InvalidArgumentError } from '../../src/core/errors.ts'
import { planNode } from '../../src/core/stage.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { IteratorState } from '../../src/dataset/iteratorState.ts'
import { probe } from '../contract/probe.ts'

const pipeline = () =>
  Dataset.range(20)
    .shuffle(8, { seed: 1 })
    .map((x) => x * 2)
    .batch(3)

describe('iterator', () => {
  it('goes on from a saved state, in another dataset of the same plan', async () => {
    const all = (await pipeline().toArray()).map(({ data }) => [...data])
    const iterator = pipeline().iterator()
    for (let step = 0; step <= all.length; step++) {
      const state = JSON.parse(JSON.stringify(iterator.save())) as IteratorState
      const rest = await pipeline().toArray({ state })
      expect(rest.map(({ data }) => [...data])).toEqual(all.slice(step))
      await iterator.next()
    }
  })

  it('restores under other tuning, and in the epoch that was saved', async () => {
    const build = (numParallelCalls: number, bufferSize: number) =>
      Dataset.range(9)
        .shuffle(9)
        .map((x) => Promise.resolve(x + 1), { numParallelCalls })
        .prefetch(bufferSize)
    const iterator = build(2, 3).iterator({ epoch: 4 })
    const first = [(await iterator.next()).value, (await iterator.next()).value]
    const state = iterator.save()
    expect(state.epoch).toBe(4)
    const rest = await build(3, 1).toArray({ state })
    expect([...first, ...rest]).toEqual(await build(2, 3).toArray({ epoch: 4 }))
    await iterator.return()
  })

  it('counts the epochs of one dataset, on from a restored one', async () => {
    const epochs = Dataset.range(1).map((_, { epoch }) => epoch)
    expect(await epochs.toArray()).toEqual([0])
    expect(await epochs.toArray()).toEqual([1])
    expect(await epochs.toArray({ epoch: 7 })).toEqual([7])
    expect(await epochs.toArray()).toEqual([8])
  })

  it('gives calls made before an earlier one is done their turn', async () => {
    const { dataset, log } = probe([1, 2, 3], { mode: 'async' })
    const iterator = dataset.iterator()
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()))
    expect(results.map(({ value }) => value)).toEqual([1, 2, 3, undefined, undefined])
    expect(log.breaches).toEqual([])
  })

  it('refuses save() and pull() while an element is waited for', async () => {
    const { dataset } = probe([1], { mode: 'async' })
    const iterator = dataset.iterator()
    const pending = iterator.next()
    expect(() => iterator.save()).toThrow(
      'iterator: save() was called while an element was waited for. Await the earlier call first.',
    )
    expect(() => iterator.pull()).toThrow(
      'iterator: pull() was called while an element was waited for. Await the earlier call first.',
    )
    expect(await pending).toEqual({ done: false, value: 1 })
  })

  it('saves after its end, after an early return and after a failure', async () => {
    const dataset = Dataset.range(4).map((x) => {
      if (x === 2) throw new Error('two')
      return x
    })
    const returned = dataset.iterator({ epoch: 0 })
    await returned.next()
    await returned.return()
    await expect(dataset.toArray({ state: returned.save() })).rejects.toThrow('two')

    const failed = dataset.iterator({ epoch: 0 })
    await expect(async () => {
      for await (const element of failed) expect(element).toBeLessThan(2)
    }).rejects.toThrow('two')
    expect(await dataset.toArray({ state: failed.save() })).toEqual([3])
  })

  it('says why there is nothing to save', async () => {
    const early = Dataset.range(1).iterator()
    await early.return()
    expect(() => early.save()).toThrow(
      'iterator: save() after the iteration was ended before it began. Save before returning from it or aborting it.',
    )
    const { dataset } = probe([1], { hangAt: 0 })
    const hanging = dataset.iterator()
    const pending = hanging.next()
    await hanging.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(() => hanging.save()).toThrow(
      'iterator: save() after the iteration was ended while an element was waited for.',
    )
  })

  it('frees what it holds under using', async () => {
    const { dataset, log } = probe([1, 2])
    {
      await using iterator = dataset.iterator()
      await iterator.next()
    }
    expect(log).toMatchObject({ opened: 1, closed: 1 })
  })

  it('leaves no listener on the signal', async () => {
    const controller = new AbortController()
    let listeners = 0
    const { signal } = controller
    const counted = {
      get aborted() {
        return signal.aborted
      },
      addEventListener: () => listeners++,
      removeEventListener: () => listeners--,
    } as unknown as AbortSignal
    const dataset = Dataset.range(3)
    await dataset.toArray({ signal: counted })
    await dataset.first({ signal: counted })
    dataset.iterator({ signal: counted })
    expect(listeners).toBe(0)
  })

  it('tells stages of the abort, and when it closes', async () => {
    const seen: string[] = []
    const dataset = Dataset.fromGenerator(({ signal }) => {
      signal.addEventListener('abort', () => seen.push('aborted'))
      return [1, 2]
    })
    await dataset.first()
    expect(seen).toEqual(['aborted'])
  })

  it('is aborted from within a function of the pipeline', async () => {
    const controller = new AbortController()
    const dataset = Dataset.range(5).map((x) => {
      if (x === 2) controller.abort('now')
      return x
    })
    await expect(dataset.toArray({ signal: controller.signal })).rejects.toThrow(CancelledError)
  })
})

/** A stage whose cursor does what the row says. */
function stageOf(cursor: Partial<Cursor<number>>): Dataset<number> {
  let left = 1
  const whole = { next: () => (left-- > 0 ? 1 : END), state: () => ({}), close: () => undefined, ...cursor }
  return new Dataset(
    planNode({ name: 'own', args: {}, cardinality: () => undefined, spec: () => undefined, open: () => whole }, []),
  )
}

describe('a cursor that misbehaves', () => {
  const fail = (what: string) => (): never => {
    throw new Error(what)
  }

  it.each([
    ['at once', fail('close')],
    ['behind a promise', () => Promise.reject(new Error('close'))],
  ])('fails the iteration where it fails to close %s', async (_what, close) => {
    await expect(stageOf({ close }).toArray()).rejects.toThrow('close')
    await expect(
      stageOf({ close })
        .iterator()
        .next()
        .then(() => 'fine'),
    ).resolves.toBe('fine')
  })

  it.each([
    ['at once', fail('close')],
    ['behind a promise', () => Promise.reject(new Error('close'))],
  ])('does not hide the first error where it fails to close %s', async (_what, close) => {
    await expect(stageOf({ next: fail('next'), close }).toArray()).rejects.toThrow('next')
    const controller = new AbortController()
    const iterator = stageOf({ close }).iterator({ signal: controller.signal })
    await iterator.next()
    controller.abort()
    await expect(iterator.next()).rejects.toThrow(CancelledError)
  })

  it('is closed also where it cannot say its state', async () => {
    let closed = 0
    await stageOf({
      state: fail('state'),
      close: () => {
        closed++
      },
    }).toArray()
    expect(closed).toBe(1)
  })
})

describe('a state of something else', () => {
  const good = Dataset.range(3).batch(2).iterator().save()
  const garbage =
    'iterator: state is not what iterator.save() gave. Hand over the whole object, parsed where it was stored as JSON.'
  const other = 'iterator: state was saved by another pipeline: operation'
  const hint = 'Restore it with the same operations and arguments.'

  it.each([
    ['null', null],
    ['text', JSON.stringify(good)],
    ['a number', 5],
    ['an array', []],
    ['an empty object', {}],
    ['only a position', good.position],
    ['no plan', { ...good, plan: undefined }],
    ['a plan that is none', { ...good, plan: 'range' }],
    ['no position', { ...good, position: undefined }],
    ['a position that is none', { ...good, position: 3 }],
    ['no epoch', { ...good, epoch: undefined }],
    ['a seed that is none', { ...good, seed: -1 }],
  ])('is refused where it is %s', (_what, state) => {
    const restore = () =>
      Dataset.range(3)
        .batch(2)
        .iterator({ state: state as unknown as IteratorState })
    expect(restore).toThrow(InvalidArgumentError)
    expect(restore).toThrow(garbage)
  })

  it.each([
    [
      'another argument',
      Dataset.range(3).batch(4),
      `${other} 1 was batch(batchSize: 2, dropRemainder: false), and is batch(batchSize: 4, dropRemainder: false). ${hint}`,
    ],
    [
      'another source',
      Dataset.range(4).batch(2),
      `${other} 0 was range(start: 0, stop: 3, step: 1), and is range(start: 0, stop: 4, step: 1). ${hint}`,
    ],
    [
      'another operation',
      Dataset.range(3).take(2),
      `${other} 1 was batch(batchSize: 2, dropRemainder: false), and is take(count: 2). ${hint}`,
    ],
    [
      'one operation more',
      Dataset.range(3).batch(2).take(-1),
      `${other} 2 was absent, and is take(count: -1). ${hint}`,
    ],
    [
      'one operation less',
      Dataset.range(3),
      `${other} 1 was batch(batchSize: 2, dropRemainder: false), and is absent. ${hint}`,
    ],
  ] as const)('is refused by name: %s', (_what, dataset, message) => {
    const restore = () => dataset.iterator({ state: good })
    expect(restore).toThrow(FailedPreconditionError)
    expect(restore).toThrow(message)
  })

  it('is refused where another release wrote it', () => {
    expect(() => Dataset.range(3).iterator({ state: { ...good, millrace: 99 } })).toThrow(
      new FailedPreconditionError('iterator: state has format 99, not 1.', {
        hint: 'It was saved by another release of millrace.',
      }),
    )
  })
})

describe('terminal methods', () => {
  it('toArray, first, forEach and reduce', async () => {
    const dataset = Dataset.range(4)
    expect(await dataset.toArray()).toEqual([0, 1, 2, 3])
    expect(await dataset.first()).toBe(0)
    expect(await Dataset.range(0).first()).toBeUndefined()
    const seen: [number, number][] = []
    await dataset.skip(2).forEach(async (element, index) => {
      await Promise.resolve()
      seen.push([element, index])
    })
    expect(seen).toEqual([
      [2, 0],
      [3, 1],
    ])
    expect(await dataset.reduce(10, (sum, x) => sum + x)).toBe(16)
    expect(await dataset.reduce('', (text, x, index) => Promise.resolve(`${text}${x}${index} `))).toBe('00 11 22 33 ')
    expect(await Dataset.range(0).reduce('initial', fail)).toBe('initial')
  })

  it('pipe and apply', async () => {
    const evens = <T>(dataset: Dataset<T>): Dataset<T> =>
      dataset
        .enumerate()
        .filter(([i]) => i % 2 === 0)
        .map(([, x]) => x)
    expect(await Dataset.range(5).apply(evens).toArray()).toEqual([0, 2, 4])
  })

  it('close where their function throws', async () => {
    const { dataset, log } = probe([1, 2, 3])
    await expect(dataset.forEach(fail)).rejects.toThrow('no')
    await expect(dataset.reduce(0, fail)).rejects.toThrow('no')
    expect(log).toMatchObject({ opened: 2, closed: 2 })
  })

  it('refuse a reduce that forgets to return', async () => {
    await expect(Dataset.range(2).reduce(0, () => undefined as never)).rejects.toThrow(
      'reduce: the function returned undefined for element 0. Is a return missing?',
    )
    await expect(Dataset.range(2).reduce(0, () => Promise.resolve(undefined as never))).rejects.toThrow(
      InvalidArgumentError,
    )
  })
})

function fail(): never {
  throw new Error('no')
}
