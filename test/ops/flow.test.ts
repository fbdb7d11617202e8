import { describe, expect, it } from 'vitest'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { plain } from '../contract/run.ts'

const range = (...bounds: Parameters<typeof Dataset.range>) => Dataset.range(...bounds)
const none = Dataset.range(0)
const unknown = (length: number) => range(length).filter(() => true)
const int32 = (...values: number[]) => ({ dtype: 'int32', shape: [values.length], values })
const pair = (x: number) => [x, x]

/** Whose function changes the state that it is given, which costs the others nothing. */
function mutating(): Dataset<number> {
  return range(2)
    .scan({ seen: ndarray(Int32Array.of(0)) }, (state) => {
      state.seen.data[0]++
      return [state, state.seen.data[0]]
    })
    .repeat(2)
}

/** A dataset, what it gives (the first few elements of an endless one), and its cardinality. */
type Row = readonly [what: string, dataset: Dataset<unknown>, elements: readonly unknown[], cardinality?: number]

const rows: Readonly<Record<string, readonly Row[]>> = {
  assertCardinality: [
    ['of nothing', none.assertCardinality(0), [], 0],
    ['of what is known', range(3).assertCardinality(3), [0, 1, 2], 3],
    ['of what is not known', unknown(3).assertCardinality(3), [0, 1, 2], 3],
    ['of an endless input', range(1).repeat().assertCardinality(Infinity), [0, 0], Infinity],
    ['of one without end', unknown(1).repeat().assertCardinality(Infinity), [0, 0], Infinity],
    ['and the last ones skipped', unknown(3).assertCardinality(3).skip(2), [2], 1],
  ],
  counter: [
    ['by default', Dataset.counter(), [0, 1, 2], Infinity],
    ['downward', Dataset.counter(1, -2), [1, -1, -3], Infinity],
    ['in place', Dataset.counter(4, 0), [4, 4], Infinity],
    [
      'far on',
      Dataset.counter()
        .skip(2 ** 40)
        .take(1),
      [2 ** 40],
      1,
    ],
    ['in a batch', Dataset.counter().batch(2).take(1), [{ dtype: 'float64', shape: [2], values: [0, 1] }], 1],
  ],
  random: [
    [
      'in a batch',
      Dataset.random({ seed: 7 }).batch(2).take(1),
      [{ dtype: 'uint32', shape: [2], values: [911216622, 3377014597] }],
      1,
    ],
    ['the same in each pass', Dataset.random({ seed: 7 }).take(1).repeat(2), [911216622, 911216622], 2],
    [
      'others in each pass',
      Dataset.random({ seed: 3, rerandomizeEachIteration: true }).take(1).repeat(2),
      [1851938736, 4189271952],
      2,
    ],
    ['by the seed of the pipeline', Dataset.random().withOptions({ seed: 5 }), [3559294746, 830647147], Infinity],
    ['far on', Dataset.random({ seed: 7 }).skip(5).take(1), [2889471669], 1],
  ],
  rebatch: [
    ['of nothing', none.batch(2).rebatch(3), [], 0],
    ['of one', range(1).batch(2).rebatch(3), [int32(0)]],
    ['of an exact multiple', range(4).batch(4).rebatch(2), [int32(0, 1), int32(2, 3)]],
    ['of one short', range(3).batch(3).rebatch(2), [int32(0, 1), int32(2)]],
    ['of one short, whole', range(3).batch(3).rebatch(2, { dropRemainder: true }), [int32(0, 1)]],
    ['of whole batches', range(4).batch(2, { dropRemainder: true }).rebatch(3), [int32(0, 1, 2), int32(3)], 2],
    [
      'of whole batches, in turn',
      range(6).batch(3, { dropRemainder: true }).rebatch([1, 3]),
      [int32(0), int32(1, 2, 3), int32(4), int32(5)],
      4,
    ],
    ['of an endless input', range(1).repeat().batch(3).rebatch(2), [int32(0, 0), int32(0, 0)], Infinity],
    ['with batches skipped', range(9).batch(4).rebatch([1, 3]).skip(3), [int32(5, 6, 7), int32(8)]],
    [
      'of matrices',
      range(6).batch(1).batch(4).rebatch(3),
      [0, 3].map((x) => ({ dtype: 'int32', shape: [3, 1], values: [x, x + 1, x + 2] })),
    ],
  ],
  scan: [
    ['nothing', none.scan(0, (s, x) => [s + x, x]), [], 0],
    ['one', range(1).scan(5, (s, x) => [s + x, s]), [5], 1],
    ['an endless input', range(Infinity).scan(0, (s, x) => [s + x, s + x]), [0, 1, 3], Infinity],
    [
      'anew in each pass',
      range(3)
        .scan(0, (s, x) => [s + x, s + x])
        .repeat(2),
      [0, 1, 3, 0, 1, 3],
      6,
    ],
    ['to null', range(2).scan(null, (s) => [s, s]), [null, null], 2],
    ['by index', range(5, 7).scan('', (s, x, { index }) => [`${s}${index}`, `${s}${x}`]), ['5', '06'], 2],
    ['a state of its own', mutating(), [1, 2, 1, 2], 4],
    [
      'with a spec, in a batch',
      range(2)
        .scan(0, (s, x) => [s, x], { outputSignature: new TensorSpec([], 'int32') })
        .batch(2),
      [int32(0, 1)],
      1,
    ],
  ],
  unique: [
    ['nothing', none.unique(), [], 0],
    ['one', range(1).unique(), [0]],
    ['all the same', range(1).repeat(5).unique(), [0]],
    ['minus zero', Dataset.fromGenerator([0, -0, 0]).unique(), [0]],
    ['an endless input', range(3).repeat().unique().take(3), [0, 1, 2]],
    [
      'scalars of any kind',
      Dataset.fromGenerator<unknown>([
        1,
        1n,
        '1',
        true,
        null,
        1n,
        '1',
        true,
        null,
        Infinity,
        -Infinity,
        Infinity,
        1,
      ]).unique(),
      [1, 1n, '1', true, null, Infinity, -Infinity],
    ],
    [
      'bytes, arrays and structures',
      Dataset.fromGenerator<unknown>([
        ...[1, 1, 2].map((x) => Uint8Array.of(x)),
        ...[1, 1].map((x) => ndarray([x])),
        ...[1, 1].map((x) => ({ a: [x, 'b'] })),
      ]).unique(),
      [Uint8Array.of(1), Uint8Array.of(2), int32(1), { a: [1, 'b'] }],
    ],
    ['by a key of text', range(12).unique({ key: (x) => String(x).slice(-1) }), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['anew in each pass', range(2).unique().repeat(2), [0, 1, 0, 1]],
    [
      'arrays of different shape',
      Dataset.fromGenerator([ndarray([[1]]), ndarray([1])])
        .unique()
        .map(({ rank }) => rank),
      [2, 1],
    ],
  ],
  shard: [
    ['of nothing', none.shard(2, 0), [], 0],
    ['of one, first', range(1).shard(2, 0), [0], 1],
    ['of one, second', range(1).shard(2, 1), [], 0],
    ['of an exact multiple', range(4).shard(2, 1), [1, 3], 2],
    ['of one short', range(3).shard(2, 1), [1], 1],
    ['of an unknown number', unknown(5).shard(2, 0), [0, 2, 4]],
    ['of an endless input', range(Infinity).shard(1000, 999), [999, 1999], Infinity],
    ['of a shard', range(12).shard(2, 1).shard(3, 2), [5, 11], 2],
    ['with elements skipped', range(20).shard(3, 1).skip(2), [7, 10, 13, 16, 19], 5],
    ['with more skipped than there are', range(20).shard(3, 1).skip(9), [], 0],
  ],
  takeWhile: [
    ['nothing', none.takeWhile(() => true), [], 0],
    ['all', range(2).takeWhile(() => true), [0, 1]],
    ['none', range(2).takeWhile(() => false), []],
    ['some of an endless input', range(Infinity).takeWhile((x) => x < 2), [0, 1]],
    [
      'also after an end, repeated',
      range(3)
        .takeWhile((x) => x < 1)
        .repeat(2),
      [0, 0],
    ],
  ],
  zip: [
    ['strictly, of equal lengths', Dataset.zip([range(2), range(2)], { strict: true }), [0, 1].map(pair), 2],
    ['strictly, of unknown lengths', Dataset.zip([unknown(2), unknown(2)], { strict: true }), [0, 1].map(pair)],
    ['strictly, of one known length', Dataset.zip([unknown(2), range(2)], { strict: true }), [0, 1].map(pair), 2],
    ['strictly, of nothings', Dataset.zip([none, none], { strict: true }), [], 0],
    [
      'strictly, of endless ones',
      Dataset.zip([range(Infinity), range(1).repeat()], { strict: true }),
      [[0, 0]],
      Infinity,
    ],
    ['strictly, with all skipped', Dataset.zip([unknown(2), unknown(2)], { strict: true }).skip(5), []],
  ],
}

describe.each(Object.entries(rows))('%s', (_operation, table) => {
  const named = table.map(([what, dataset, elements, cardinality]) => ({ what, dataset, elements, cardinality }))

  it.each(named)('$what', async ({ dataset, elements, cardinality }) => {
    expect(dataset.cardinality()).toBe(cardinality)
    const finite = cardinality === Infinity ? dataset.take(elements.length) : dataset
    expect((await finite.toArray()).map(plain)).toEqual(elements)
  })
})

describe('shard', () => {
  it('does not call the function of the elements of other shards', async () => {
    const called: number[] = []
    const note = (x: number) => {
      called.push(x)
      return x
    }
    expect(await range(9).map(note).shard(3, 1).toArray()).toEqual([1, 4, 7])
    expect(called).toEqual([1, 4, 7])
  })

  it('keeps to its own elements after one of another failed', async () => {
    const failing = Dataset.range(9).filter((x) => {
      if (x === 3) throw new Error('no 3')
      return true
    })
    const iterator = failing.shard(2, 0).iterator()
    expect([await iterator.next(), await iterator.next()].map(({ value }) => value)).toEqual([0, 2])
    await expect(iterator.next()).rejects.toThrow('no 3')
  })
})

describe('rebatch', () => {
  it('copies only where a batch lies across two', async () => {
    const batches = await range(8).batch(4).toArray()
    const [first, across, last] = await Dataset.fromGenerator(batches).rebatch(3).toArray()
    expect(first.data.buffer).toBe(batches[0].data.buffer)
    expect(last.data.buffer).toBe(batches[1].data.buffer)
    expect(batches.map(({ data }) => data.buffer)).not.toContain(across.data.buffer)
  })
})

describe('unique', () => {
  it('writes each key once into all its states', async () => {
    const iterator = range(2000).unique().iterator()
    const sizes: number[] = []
    for (let i = 0; i < 2000; i++) {
      await iterator.next()
      if (i % 500 === 0) sizes.push(JSON.stringify(iterator.save()).length)
    }
    await iterator.return()
    expect(sizes[3] - sizes[2]).toBeLessThan(3000)
  })
})
