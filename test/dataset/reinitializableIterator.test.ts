import { describe, expect, it } from 'vitest'
import {
  CancelledError,
  FailedPreconditionError,
  InvalidArgumentError,
  OutOfRangeError,
  UnknownError,
} from '../../src/core/errors.ts'
import { TensorSpec, type Spec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ReinitializableIterator } from '../../src/dataset/reinitializableIterator.ts'
import { probe } from '../contract/probe.ts'

const int32 = new TensorSpec([], 'int32')
const make = (spec: Spec = int32) => ReinitializableIterator.fromStructure<unknown>(spec)

async function all(iterator: { getNext(): Promise<unknown> }): Promise<unknown[]> {
  const elements: unknown[] = []
  try {
    for (;;) elements.push(await iterator.getNext())
  } catch (error) {
    expect(error).toBeInstanceOf(OutOfRangeError)
    return elements
  }
}

describe('a one-shot iterator', () => {
  it('gives the elements once, and OutOfRangeError from then on', async () => {
    const iterator = Dataset.range(3).makeOneShotIterator()
    expect(await all(iterator)).toEqual([0, 1, 2])
    for (let i = 0; i < 3; i++) {
      await expect(iterator.getNext()).rejects.toThrow(
        'iterator: getNext() was called after the last element. Catch it to end the loop, or use for await.',
      )
    }
  })

  it('serves calls in their order, and ends all that come after the last element', async () => {
    const iterator = probe([1, 2], { mode: 'async' }).dataset.makeOneShotIterator()
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => iterator.getNext()))
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'error'))).toEqual([
      1,
      2,
      'error',
      'error',
    ])
  })

  it('goes on from a state, and is disposed of', async () => {
    const { dataset, log } = probe([1, 2, 3])
    const first = dataset.makeOneShotIterator()
    await first.getNext()
    await using second = dataset.makeOneShotIterator({ state: first.save() })
    await first[Symbol.asyncDispose]()
    await expect(first.getNext()).rejects.toThrow(OutOfRangeError)
    expect(await all(second)).toEqual([2, 3])
    expect(log.closed).toBe(log.opened)
  })
})

describe('a reinitializable iterator', () => {
  it('goes over one dataset after the other, and begins the next epoch of each', async () => {
    const train = Dataset.range(6).shuffle(6, { seed: 1 })
    const iterator = ReinitializableIterator.fromStructure(train)
    const passes: number[][] = []
    for (let epoch = 0; epoch < 2; epoch++) {
      await iterator.initialize(train)
      passes.push((await all(iterator)) as number[])
      await iterator.initialize(Dataset.range(7, 9))
      expect(await all(iterator)).toEqual([7, 8])
      await expect(iterator.getNext()).rejects.toThrow(OutOfRangeError)
    }
    expect(passes).toEqual([await train.toArray({ epoch: 0 }), await train.toArray({ epoch: 1 })])
  })

  it('is not initialized before initialize() and after it was disposed of', async () => {
    const iterator = make()
    const message = (call: string) =>
      `iterator: ${call}() was called on an iterator that is not initialized. Await initialize(dataset) first.`
    await expect(iterator.getNext()).rejects.toThrow(message('getNext'))
    expect(() => iterator.save()).toThrow(message('save'))
    await iterator.initialize(Dataset.range(2))
    await iterator[Symbol.asyncDispose]()
    await expect(iterator.getNext()).rejects.toThrow(FailedPreconditionError)
    await iterator[Symbol.asyncDispose]()
    await iterator.initialize(Dataset.range(2))
    expect(await all(iterator)).toEqual([0, 1])
  })

  it('closes the run before, and cancels what waits for it', async () => {
    const hanging = probe([1, 2], { mode: 'async', hangAt: 1, spec: int32 })
    const iterator = make()
    await iterator.initialize(hanging.dataset)
    await iterator.getNext()
    const [pending, queued] = [iterator.getNext(), iterator.getNext()]
    const outcome = Promise.allSettled([pending, queued])
    await iterator.initialize(Dataset.range(1))
    for (const result of await outcome) {
      expect(result.status === 'rejected' && result.reason).toMatchObject({
        name: 'CancelledError',
        message: 'iterator: it was initialized anew while an element was waited for.',
      })
    }
    expect(hanging.log).toMatchObject({ opened: 1, closed: 1, breaches: [] })
    expect(await all(iterator)).toEqual([0])
  })

  it('cancels what waits when it is disposed of', async () => {
    const hanging = probe([1], { mode: 'async', hangAt: 0, spec: int32 })
    const iterator = make()
    await iterator.initialize(hanging.dataset)
    const pending = iterator.getNext().catch((error: unknown) => error)
    await iterator[Symbol.asyncDispose]()
    expect(await pending).toBeInstanceOf(CancelledError)
    expect(hanging.log.closed).toBe(1)
  })

  it('saves where the present run stands, and goes on from there', async () => {
    const dataset = Dataset.range(9).shuffle(9)
    const expected = await dataset.toArray({ epoch: 3 })
    const iterator = make()
    await iterator.initialize(dataset, { epoch: 3 })
    const first = [await iterator.getNext(), await iterator.getNext()]
    const state = iterator.save()
    await iterator.initialize(Dataset.range(1))
    await iterator.initialize(Dataset.range(9).shuffle(9), { state })
    expect([...first, ...(await all(iterator))]).toEqual(expected)
  })

  it('hands on what the pipeline throws, and then is at the end', async () => {
    const iterator = make()
    await iterator.initialize(
      Dataset.range(2).map(
        (): number => {
          throw new Error('boom')
        },
        { outputSignature: int32 },
      ),
    )
    await expect(iterator.getNext()).rejects.toThrow(UnknownError)
    await expect(iterator.getNext()).rejects.toThrow(OutOfRangeError)
  })
})

describe('the structure', () => {
  const float = new TensorSpec([null, 2], 'float32')
  const nested: Spec = { image: new TensorSpec([28, 28], 'uint8'), label: [int32, new TensorSpec([], 'string')] }
  const rows: readonly (readonly [Spec, Spec, mismatch: string | undefined])[] = [
    [int32, int32, undefined],
    [float, new TensorSpec([5, 2], 'float32'), undefined],
    [float, new TensorSpec([5, null], 'float32'), undefined],
    [float, new TensorSpec(undefined, 'float32'), undefined],
    [nested, nested, undefined],
    [int32, new TensorSpec([], 'float32'), 'the element is float32 [], not int32 []'],
    [float, new TensorSpec([5, 3], 'float32'), 'the element is float32 [5, 3], not float32 [?, 2]'],
    [float, new TensorSpec([5], 'float32'), 'the element is float32 [5], not float32 [?, 2]'],
    [int32, [int32], 'the element is [int32 []], not int32 []'],
    [[int32, int32], [int32], 'the element is [int32 []], not [int32 [], int32 []]'],
    [[int32], { 0: int32 }, 'the element is {0: int32 []}, not [int32 []]'],
    [{ a: int32 }, { b: int32 }, 'the element is {b: int32 []}, not {a: int32 []}'],
    [
      nested,
      { image: new TensorSpec([28, 28], 'uint8'), label: [int32, int32] },
      'label[1] is int32 [], not string []',
    ],
    [{ a: { b: int32 } }, { a: { b: float } }, 'a.b is float32 [?, 2], not int32 []'],
  ]

  it.each(rows)('%s with a dataset of %s', async (wanted, given, mismatch) => {
    const iterator = make(wanted)
    await iterator.initialize(probe([], { spec: wanted }).dataset)
    const call = iterator.initialize(probe([], { spec: given }).dataset)
    if (mismatch === undefined) {
      await call
      return
    }
    const message = `initialize: the dataset does not have the iterator's structure: ${mismatch}.`
    await expect(call).rejects.toThrow(new InvalidArgumentError(message))
    // What ran before goes on.
    expect(await all(iterator)).toEqual([])
  })

  it('is held against each element where the dataset does not know its spec', async () => {
    const iterator = make({ x: int32, y: new TensorSpec([], 'string') })
    const elements = [{ x: 1, y: 'a' }, { x: 2n, y: 'b' }, { x: 3 }, [1, 'a'], 5, { x: 3, y: 'c' }]
    await iterator.initialize(Dataset.fromGenerator(elements))
    const outcomes: unknown[] = []
    for (let i = 0; i < elements.length; i++) {
      outcomes.push(await iterator.getNext().catch((error: unknown) => (error as Error).message))
    }
    const wrong = (what: string) =>
      `iterator: an element does not have the iterator's structure: ${what}. It is {x: int32 [], y: string []}.`
    expect(outcomes).toEqual([
      elements[0],
      wrong('x is int64 [], not int32 []'),
      wrong('the element is {x: float32 []}, not {x: int32 [], y: string []}'),
      wrong('the element is [float32 [], string []], not {x: int32 [], y: string []}'),
      wrong('the element is float32 [], not {x: int32 [], y: string []}'),
      elements[5],
    ])
  })

  it('is that of a dataset, where it knows it', () => {
    expect(ReinitializableIterator.fromStructure(Dataset.range(3)).elementSpec).toEqual(int32)
    const unknown = Dataset.range(3).map((x) => x)
    expect(() => ReinitializableIterator.fromStructure(unknown)).toThrow(
      'fromStructure: the dataset does not know its element spec. Give the spec itself, or map with an outputSignature.',
    )
  })

  it.each([5, null, 'int32', { a: 1 }, [null]])('is not %j', (structure) => {
    expect(() => make(structure as never)).toThrow(InvalidArgumentError)
  })

  it('is not changed by what is no dataset', async () => {
    await expect(make().initialize([1] as never)).rejects.toThrow(
      'initialize: dataset must be a Dataset, got an array.',
    )
    await expect(make().initialize(Dataset.range(1), { epoch: -1 })).rejects.toThrow('iterator: epoch')
  })
})
