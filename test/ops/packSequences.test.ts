import { describe, expect, it } from 'vitest'
import { InvalidArgumentError, messageOf, type MillraceError } from '../../src/core/errors.ts'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { specOf } from '../../src/ndarray/element.ts'
import { drain, open, plain } from '../contract/run.ts'

/** Elements of one feature by their lengths: the values are 1, 2, 3 and so on throughout. */
function sequences(...lengths: number[]): Dataset<{ x: number[] }> {
  let value = 0
  return Dataset.fromGenerator(lengths.map((length) => ({ x: Array.from({ length }, () => ++value) })))
}

/** The values of each row with the padding, as one text. */
async function rowsOf(dataset: Dataset<{ x: { data: ArrayLike<unknown> } }>): Promise<string[]> {
  return (await dataset.toArray()).map(({ x }) => Array.from(x.data, String).join(' '))
}

describe('packSequences', () => {
  it.each<[string, Dataset<{ x: number[] }>, numPackingBins: number, rows: string[]]>([
    ['nothing', sequences(), 2, []],
    ['one', sequences(2), 2, ['1 2 0 0']],
    ['what fills a row', sequences(4, 4), 2, ['1 2 3 4', '5 6 7 8']],
    ['one short of a row', sequences(4, 3), 2, ['1 2 3 4', '5 6 7 0']],
    ['into the first row with room', sequences(3, 3, 1, 1), 2, ['1 2 3 7', '4 5 6 8']],
    ['into the row before the last', sequences(2, 3, 2), 2, ['1 2 6 7', '3 4 5 0']],
    ['into the next rows what has no room', sequences(3, 3, 2, 1), 2, ['1 2 3 0', '4 5 6 0', '7 8 9 0']],
    ['with one row open', sequences(3, 2, 2, 1), 1, ['1 2 3 0', '4 5 6 7', '8 0 0 0']],
    ['more rows than there are elements', sequences(3, 3), 100, ['1 2 3 0', '4 5 6 0']],
    ['empty sequences', sequences(0, 0), 2, ['0 0 0 0']],
    ['empty sequences into full rows', sequences(4, 0), 1, ['1 2 3 4']],
  ])('packs %s', async (_, dataset, numPackingBins, rows) => {
    expect(await rowsOf(dataset.packSequences({ x: 4 }, { numPackingBins }))).toEqual(rows)
  })

  it('has 32 rows open by default', async () => {
    const [first, ...rest] = await rowsOf(sequences(...Array<number>(32).fill(3), 1).packSequences({ x: 4 }))
    expect(first).toBe('1 2 3 97')
    expect(rest).toHaveLength(31)
  })

  it('packs an endless input, and knows an empty one', async () => {
    const endless = Dataset.range(Infinity).map((x) => ({ x: [x, x, x] }))
    expect(endless.packSequences({ x: 3 }).cardinality()).toBe(undefined)
    expect(await rowsOf(endless.packSequences({ x: 4 }, { numPackingBins: 2 }).take(3))).toEqual([
      '0 0 0 0',
      '1 1 1 0',
      '2 2 2 0',
    ])
    const none = Dataset.range(0).map((x) => ({ x: [x] }))
    expect(none.packSequences({ x: 3 }).cardinality()).toBe(0)
  })

  it('keeps the features of an element together, each in rows of its own length', async () => {
    const pairs = Dataset.fromGenerator([
      { x: [1, 2], y: ndarray(['a']) },
      { x: [3], y: ndarray(['b', 'c']) },
      { x: [4], y: ndarray(['d']) },
    ])
    const packed = pairs.packSequences({ x: 4, y: 2 }, { numPackingBins: 2, paddingValue: { y: '-' } })
    const int32 = (...values: number[]) => ({ dtype: 'int32', shape: [values.length], values })
    const string = (...values: string[]) => ({ dtype: 'string', shape: [values.length], values })
    expect((await packed.toArray()).map(plain)).toEqual([
      {
        x: int32(1, 2, 4, 0),
        x_segment_ids: int32(1, 1, 2, 0),
        x_positions: int32(0, 1, 0, 0),
        y: string('a', 'd'),
        y_segment_ids: int32(1, 2),
        y_positions: int32(0, 0),
      },
      {
        x: int32(3, 0, 0, 0),
        x_segment_ids: int32(1, 0, 0, 0),
        x_positions: int32(0, 0, 0, 0),
        y: string('b', 'c'),
        y_segment_ids: int32(1, 1),
        y_positions: int32(0, 1),
      },
    ])
  })

  it.each([
    [ndarray(Float32Array.of(0.5)), 2, [0.5, 2]],
    [ndarray(BigInt64Array.of(7n)), 9n, [7n, 9n]],
    [ndarray([true]), true, [1, 1]],
    [ndarray([Uint8Array.of(1)]), Uint8Array.of(2), [Uint8Array.of(1), Uint8Array.of(2)]],
    [ndarray(Array(20).fill('a')), undefined, [...Array<string>(20).fill('a'), '']],
  ])('packs and pads %#', async (x, paddingValue, values) => {
    const packed = Dataset.fromGenerator([{ x }]).packSequences(
      { x: values.length },
      { ...(paddingValue !== undefined && { paddingValue }) },
    )
    const [row] = await packed.toArray()
    expect(row.x.dtype).toBe(x.dtype)
    expect([...row.x.data]).toEqual(values)
  })

  it('leaves out what is too long, where asked', async () => {
    const packed = sequences(2, 5, 2).packSequences({ x: 4 }, { dropTooLong: true })
    expect(await rowsOf(packed)).toEqual(['1 2 8 9'])
  })

  it('knows the shapes where the dtypes are known', async () => {
    const x = ndarray(Int8Array.of(1))
    const known = Dataset.fromGenerator([{ x }], { outputSignature: { x: new TensorSpec([null], 'int8') } })
    const packed = known.packSequences({ x: 4 })
    expect(packed.elementSpec).toEqual(specOf(await packed.first()))
    expect(sequences(1).packSequences({ x: 4 }).elementSpec).toBe(undefined)
    const scalars = Dataset.fromGenerator([{ x }], { outputSignature: { x: new TensorSpec([], 'int8') } })
    expect(scalars.packSequences({ x: 4 }).elementSpec).toBe(undefined)
  })

  it('saves which elements are in rows that were not given, and no values', async () => {
    const iterator = sequences(3, 3, 2, 1).packSequences({ x: 4 }, { numPackingBins: 2 }).iterator()
    await iterator.next()
    const { position, plan } = iterator.save()
    expect(position).toMatchObject({ given: 1, input: { index: 3, held: [0, 1, 2] } })
    expect(plan.at(-1)).toBe('packSequences(lengths: {"x":4}, numPackingBins: 2, dropTooLong: false)')
    await iterator.next()
    expect(iterator.save().position).toMatchObject({ given: 0, input: { index: 3, held: [2] } })
    await iterator.return()
  })

  it('goes on behind an element that it refuses', async () => {
    const cursor = open(sequences(2, 5, 2).packSequences({ x: 4 }).node)
    expect(() => cursor.next()).toThrow('packing failed at element 1')
    expect(await drain(cursor)).toMatchObject([{ x: { values: [1, 2, 8, 9] } }])
  })
})

const d = Dataset.range(3) as unknown as { packSequences: (...args: readonly unknown[]) => unknown }
const aScalar = 'a number, bigint, boolean, string or Uint8Array'

describe('packSequences refuses, when it is built,', () => {
  it.each<[string, () => unknown]>([
    ['packSequences: lengths must be an object, got undefined.', () => d.packSequences()],
    ['packSequences: lengths must be an object, got 4.', () => d.packSequences(4)],
    ['packSequences: lengths must be an object, got an array.', () => d.packSequences([4])],
    ['packSequences: lengths must be an object, got null.', () => d.packSequences(null)],
    ['packSequences: lengths names no feature. As in { tokens: 512 }.', () => d.packSequences({})],
    ['packSequences: lengths.x must be a whole number of at least 1, got 0.', () => d.packSequences({ x: 0 })],
    [
      'packSequences: lengths.y must be a whole number of at least 1, got Infinity.',
      () => d.packSequences({ x: 1, y: Infinity }),
    ],
    [
      'packSequences: lengths names x_positions, which is made beside x. Rename it in a map before it.',
      () => d.packSequences({ x_positions: 2, x: 2 }),
    ],
    [
      'packSequences: numPackingBins must be a whole number of at least 1, got 0.',
      () => d.packSequences({ x: 1 }, { numPackingBins: 0 }),
    ],
    ['packSequences: dropTooLong must be true or false, got 1.', () => d.packSequences({ x: 1 }, { dropTooLong: 1 })],
    [
      'packSequences: there is no option numBins. It takes numPackingBins, paddingValue, dropTooLong.',
      () => d.packSequences({ x: 1 }, { numBins: 1 }),
    ],
    [
      'packSequences: paddingValue names y, which lengths does not.',
      () => d.packSequences({ x: 1 }, { paddingValue: { y: 1 } }),
    ],
    [
      `packSequences: paddingValue must be ${aScalar}, got null.`,
      () => d.packSequences({ x: 1 }, { paddingValue: null }),
    ],
    [
      `packSequences: paddingValue.x must be ${aScalar}, got an array.`,
      () => d.packSequences({ x: 1 }, { paddingValue: { x: [1] } }),
    ],
  ])('%s', (message, call) => {
    expect(call).toThrow(InvalidArgumentError)
    expect(refusal(call)).toBe(message)
  })
})

function refusal(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return messageOf(error)
  }
  return 'nothing was thrown'
}

describe('packSequences refuses, as it runs,', () => {
  const at1 = 'fromGenerator.packSequences: packing failed at element 1: '
  it.each<[message: string, second: unknown]>([
    [`${at1}x has 5 values, and a row 4. Cut it in a map before it, or set dropTooLong.`, { x: [1, 2, 3, 4, 5] }],
    [`${at1}the element is 7, not an object of sequences.`, 7],
    [`${at1}the element is an array of 1, not an object of sequences.`, [[1]]],
    [`${at1}the element is an object {y}, not one of the features x.`, { y: [1] }],
    [`${at1}the element is an object {x, y}, not one of the features x.`, { x: [1], y: [1] }],
    [`${at1}x is 5, not a sequence. It must be an NdArray of one axis, or an array of whole numbers.`, { x: 5 }],
    [
      `${at1}x is an NdArray int32 [1, 1], not a sequence. It must be an NdArray of one axis, or an array of whole numbers.`,
      { x: ndarray([[1]]) },
    ],
    [
      `${at1}x[1] is 0.5, which int32 cannot hold. Say which dtype it has: ndarray(values, undefined, 'float32').`,
      { x: [1, 0.5] },
    ],
    [
      `${at1}x[0] is the string "a", which int32 cannot hold. Say which dtype it has: ndarray(values, undefined, 'float32').`,
      { x: ['a'] },
    ],
    [
      `${at1}x is float32, and int32 in the elements before it. All sequences of a feature must have the same dtype.`,
      { x: ndarray(Float32Array.of(1)) },
    ],
  ])('%s', async (message, second) => {
    const dataset = Dataset.fromGenerator([{ x: [1] }, second] as { x: number[] }[]).packSequences({ x: 4 })
    const error: unknown = await dataset.toArray().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(messageOf(error)).toBe(message)
    expect((error as MillraceError).index).toBe(1)
  })

  it('padding that the dtype cannot hold', async () => {
    const packed = sequences(1).packSequences({ x: 4 }, { paddingValue: 0.5 })
    await expect(packed.toArray()).rejects.toThrow(
      'fromGenerator.packSequences: packing failed at element 0: int32 cannot hold 0.5.',
    )
  })
})
