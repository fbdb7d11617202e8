import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { raggedRows, raggedToPadded, type Ragged, type RaggedArray } from '../../src/ndarray/ragged.ts'
import { drain, fits, open, plain, stored } from '../contract/run.ts'

const matrix = (rows: number, columns: number) =>
  ndarray(
    Int32Array.from({ length: rows * columns }, (_, i) => i + 1),
    [rows, columns],
  )
const of = (...elements: unknown[]) => Dataset.fromGenerator(elements) as Dataset<never>

describe('paddedBatch', () => {
  it('pads every axis, of nested structures, with a value for each leaf', async () => {
    const element = (n: number, text: string) => ({ x: matrix(n, 3 - n), y: [ndarray([text]), n] as const })
    const dataset = Dataset.fromGenerator([element(1, 'a'), element(2, 'b')]).paddedBatch(2, {
      paddedShapes: { x: [-1, 3], y: [[2], []] },
      paddingValues: { x: 9, y: ['-'] },
    })
    expect((await dataset.toArray()).map(plain)).toEqual([
      {
        x: { dtype: 'int32', shape: [2, 2, 3], values: [1, 2, 9, 9, 9, 9, 1, 9, 9, 2, 9, 9] },
        y: [
          { dtype: 'string', shape: [2, 2], values: ['a', '-', 'b', '-'] },
          { dtype: 'float32', shape: [2], values: [1, 2] },
        ],
      },
    ])
  })

  it.each(['float32', 'float64', 'int8', 'int64', 'bool', 'string', 'bytes'] as const)(
    'pads %s with nothing',
    async (dtype) => {
      const empty = new NdArray(dtype, [0], ndarray([], [0], dtype).data)
      const one = ndarray([...ndarrayOne(dtype)], [1], dtype)
      const [batch] = await of(empty, one).paddedBatch(2).toArray()
      expect((batch as NdArray).shape).toEqual([2, 1])
    },
  )

  it('copies long rows', async () => {
    for (const dtype of ['int32', 'float32', 'uint8'] as const) {
      const row = (n: number) => ndarray(Array.from({ length: n }, (_, i) => i), [n], dtype) // prettier-ignore
      const [batch] = await of(row(100), row(40)).paddedBatch(2).toArray()
      expect((batch as NdArray).data[99]).toBe(99)
      expect((batch as NdArray).data[139]).toBe(39)
      expect((batch as NdArray).data[140]).toBe(0)
    }
  })

  it.each<[string, () => Dataset<unknown>]>([
    [
      'fromGenerator.paddedBatch: element 1 has shape [3], longer than the 2 that axis 0 is padded to. Cut it in a map before, or pad to more.',
      () => of(ndarray([1]), ndarray([1, 2, 3])).paddedBatch(2, { paddedShapes: [2] as never }),
    ],
    [
      'fromGenerator.paddedBatch: element 0 is an NdArray int32 [1], but element 1 is an NdArray float32 [1]: they cannot be stacked. Every element of a batch must have the same structure and dtypes.',
      () => of(ndarray([1]), ndarray([0.5])).paddedBatch(2),
    ],
    [
      'fromGenerator.paddedBatch: the element has shape [1], which cannot be padded to [2, 2]. Name one size for each axis.',
      () => of(ndarray([1])).paddedBatch(2, { paddedShapes: [2, 2] as never }),
    ],
    [
      'fromGenerator.paddedBatch: int32 cannot hold 0.5.',
      () => of(ndarray([1])).paddedBatch(2, { paddingValues: 0.5 as never }),
    ],
  ])('fails: %s', async (message, build) => {
    await expect(build().toArray()).rejects.toThrow(message)
  })

  const known = () => Dataset.fromGenerator([matrix(1, 1)], { outputSignature: new TensorSpec([null, 2], 'int32') })
  it.each<[string, () => unknown]>([
    ['paddedBatch: batchSize must be a whole number of at least 1, got 0.', () => known().paddedBatch(0)],
    [
      'paddedBatch: there is no option padding. It takes paddedShapes, paddingValues, dropRemainder.',
      () => known().paddedBatch(2, { padding: 1 } as never),
    ],
    [
      'paddedBatch: paddedShapes must hold whole numbers of at least 0, or null, -1 or undefined for the longest, got 1.5.',
      () => known().paddedBatch(2, { paddedShapes: [1.5, 2] }),
    ],
    [
      'paddedBatch: the element has shape [?, 2], which cannot be padded to [3]. Name one size for each axis.',
      () => known().paddedBatch(2, { paddedShapes: [3] }),
    ],
    ['paddedBatch: int32 cannot hold the string "x".', () => known().paddedBatch(2, { paddingValues: 'x' })],
    ['raggedBatch: batchSize must be a whole number of at least 1, got 0.', () => known().raggedBatch(0)],
    [
      "raggedBatch: rowSplitsDtype must be 'int32' or 'int64', got \"int8\".",
      () => known().raggedBatch(2, { rowSplitsDtype: 'int8' as never }),
    ],
  ])('refuses: %s', (message, call) => {
    expect(call).toThrow(message)
  })
})

describe('raggedBatch', () => {
  it('nests by the spec, and by all axes without one', async () => {
    const make = (shape?: (number | null)[]) =>
      Dataset.fromGenerator([matrix(0, 2), matrix(1, 2), matrix(2, 2)], {
        ...(shape && { outputSignature: new TensorSpec(shape, 'int32') }),
      }).raggedBatch(3, { rowSplitsDtype: 'int32' })
    const values = [1, 2, 1, 2, 3, 4]
    const int32 = (shape: number[], ...all: number[]) => ({ dtype: 'int32', shape, values: all })
    const rowSplits = int32([4], 0, 0, 1, 3)
    expect((await make([null, 2]).toArray()).map(plain)).toEqual([{ values: int32([3, 2], ...values), rowSplits }])
    const nested = { values: { values: int32([6], ...values), rowSplits: int32([4], 0, 2, 4, 6) }, rowSplits }
    expect((await make().toArray()).map(plain)).toEqual([nested])
    expect((await make([2, null]).toArray()).map(plain)).toEqual([nested])
    expect((await make([2, 2]).toArray()).map(plain)).toEqual([{ values: int32([3, 2], ...values), rowSplits }])
    for (const shape of [
      [null, 2],
      [2, null],
      [2, 2],
    ]) {
      const dataset = make(shape)
      for (const element of await dataset.toArray()) expect(fits(element, dataset.elementSpec as never)).toBe(true)
    }
  })

  it('gives its rows back, and padded what paddedBatch gives, for any shapes', async () => {
    // A matrix without rows does not say in a ragged batch how wide it was.
    const side = fc.integer({ min: 1, max: 3 })
    const shapes = fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 4 }), async (all, size) => {
        const elements = all.map(([a, b]) => matrix(a, b))
        const source = Dataset.fromGenerator(elements)
        const ragged = source.raggedBatch(size)
        const padded = source.paddedBatch(size, { paddingValues: -1 })
        const batches: RaggedArray<'int32'>[] = await ragged.toArray()
        const rows = batches.flatMap((batch) => raggedRows(batch)).map((row) => raggedRows(row as Ragged<NdArray>))
        expect(rows.map((row) => row.map((cells) => cells.toArray()))).toEqual(
          elements.map((element) => element.toArray()),
        )
        const expected = (await padded.toArray()).map(({ data }) => [...data])
        expect(batches.map((batch) => [...raggedToPadded(batch, -1).data])).toEqual(expected)
        for (const { node } of [ragged as Dataset<unknown>, padded as Dataset<unknown>]) {
          const whole = await drain(open(node))
          const cursor = open(node)
          for (let step = 0; step <= whole.length; step++) {
            expect(await drain(open(node, stored(cursor.state())))).toEqual(whole.slice(step))
            await cursor.next()
          }
          await cursor.close()
        }
      }),
      { numRuns: 60 },
    )
  })

  it('pads no rows to no rows', () => {
    const none = { values: ndarray(new Int32Array(0)), rowSplits: ndarray(Int32Array.of(0)) }
    expect(raggedToPadded(none).shape).toEqual([0, 0])
  })
})

function ndarrayOne(dtype: string): unknown[] {
  const ones: Readonly<Record<string, unknown>> = { int64: 1n, bool: true, string: 'a', bytes: Uint8Array.of(1) }
  return [ones[dtype] ?? 1]
}
