import { describe, expectTypeOf, it } from 'vitest'
import {
  Dataset,
  ndarray,
  NdArray,
  type Batched,
  type ElementContext,
  type NumericDType,
  type Unbatched,
} from '../../src/index.ts'

type Number1 = NdArray<NumericDType, 1>
type Number2 = NdArray<NumericDType, 2>

const range = Dataset.range(3)
const points = Dataset.fromTensorSlices({
  image: new NdArray<'uint8', 3>('uint8', [2, 2, 2], new Uint8Array(8)),
  label: ['a', 'b'],
})

describe('sources', () => {
  it('infer their elements', () => {
    expectTypeOf(range).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(Dataset.fromTensorSlices([1, 2])).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(Dataset.fromTensorSlices(['a'])).toEqualTypeOf<Dataset<string>>()
    expectTypeOf(Dataset.fromTensorSlices([true])).toEqualTypeOf<Dataset<boolean>>()
    expectTypeOf(Dataset.fromTensorSlices([1n])).toEqualTypeOf<Dataset<bigint>>()
    expectTypeOf(Dataset.fromTensorSlices([[1], [2]])).toEqualTypeOf<Dataset<Number1>>()
    expectTypeOf(Dataset.fromTensorSlices(new Float32Array(2))).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(Dataset.fromTensorSlices(new BigInt64Array(2))).toEqualTypeOf<Dataset<bigint>>()
    expectTypeOf(points).toEqualTypeOf<Dataset<{ readonly image: NdArray<'uint8', 2>; readonly label: string }>>()
    expectTypeOf(Dataset.fromTensors({ x: [1, 2], y: String(1) })).toEqualTypeOf<
      Dataset<{ readonly x: Number1; readonly y: string }>
    >()
    expectTypeOf(Dataset.fromGenerator(['a'])).toEqualTypeOf<Dataset<string>>()
    expectTypeOf(Dataset.fromGenerator(new Map([['a', 1]]))).toEqualTypeOf<Dataset<[string, number]>>()
    expectTypeOf(
      Dataset.fromGenerator(async function* () {
        yield await Promise.resolve({ x: 1 })
      }),
    ).toEqualTypeOf<Dataset<{ x: number }>>()
    expectTypeOf(Dataset.fromGenerator([Promise.resolve(1)])).toEqualTypeOf<Dataset<number>>()
  })
})

describe('operations', () => {
  it('infer their elements', () => {
    expectTypeOf(range.map((x) => `${x}`)).toEqualTypeOf<Dataset<string>>()
    expectTypeOf(range.map((x) => Promise.resolve({ x, y: [x, true] as [number, boolean] }))).toEqualTypeOf<
      Dataset<{ x: number; y: [number, boolean] }>
    >()
    expectTypeOf(range.enumerate()).toEqualTypeOf<Dataset<[number, number]>>()
    expectTypeOf(range.concatenate(Dataset.fromTensorSlices(['a']))).toEqualTypeOf<Dataset<number | string>>()
    expectTypeOf(range.filter((x) => x > 1)).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(range.filter((x, { rng }) => rng.integer(9) < x)).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(Dataset.fromGenerator<number | string>([1, 'a']).filter((x) => typeof x === 'string')).toEqualTypeOf<
      Dataset<string>
    >()
    expectTypeOf(Dataset.zip([range, points.map(({ label }) => label)])).toEqualTypeOf<Dataset<[number, string]>>()
    expectTypeOf(Dataset.zip({ a: range, b: range.batch(2) })).toEqualTypeOf<Dataset<{ a: number; b: Number1 }>>()
    expectTypeOf(
      Dataset.zip([range, { a: range.batch(2), b: [range, points.map(({ label }) => label)] }]),
    ).toEqualTypeOf<Dataset<[number, { a: Number1; b: [number, string] }]>>()
    expectTypeOf(Dataset.zip(range)).toEqualTypeOf<Dataset<number>>()
    const list: Dataset<number>[] = []
    expectTypeOf(Dataset.zip(list)).toEqualTypeOf<Dataset<number[]>>()
    expectTypeOf(Dataset.zip({ all: list })).toEqualTypeOf<Dataset<{ all: number[] }>>()
    for (const same of [
      range.take(1),
      range.skip(1),
      range.repeat(),
      range.shuffle(2),
      range.prefetch(1),
      range.withOptions({}),
    ]) {
      expectTypeOf(same).toEqualTypeOf<Dataset<number>>()
    }
  })

  it('track ranks and dtypes through batch and unbatch', () => {
    expectTypeOf(range.batch(2)).toEqualTypeOf<Dataset<Number1>>()
    expectTypeOf(range.batch(2).batch(2)).toEqualTypeOf<Dataset<Number2>>()
    expectTypeOf(range.batch(2).batch(2).unbatch()).toEqualTypeOf<Dataset<Number1>>()
    expectTypeOf(range.batch(2).unbatch()).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(points.batch(4)).toEqualTypeOf<
      Dataset<{ readonly image: NdArray<'uint8', 3>; readonly label: NdArray<'string', 1> }>
    >()
    expectTypeOf(points.enumerate().batch(4)).toEqualTypeOf<
      Dataset<[Number1, { readonly image: NdArray<'uint8', 3>; readonly label: NdArray<'string', 1> }]>
    >()
    expectTypeOf(points.batch(4).unbatch()).toEqualTypeOf<typeof points>()
    expectTypeOf<Batched<{ a: boolean; b: [bigint, Uint8Array] }>>().toEqualTypeOf<{
      a: NdArray<'bool', 1>
      b: [NdArray<'int64', 1>, NdArray<'bytes', 1>]
    }>()
    expectTypeOf<Unbatched<{ a: NdArray<'bool', 1>; b: [NdArray<'float32', 4>] }>>().toEqualTypeOf<{
      a: boolean
      b: [NdArray<'float32', 3>]
    }>()
    expectTypeOf<Batched<NdArray<'float32'>>>().toEqualTypeOf<NdArray<'float32'>>()
  })

  it('hand their functions what they need', () => {
    range.map((x, context) => {
      expectTypeOf(x).toEqualTypeOf<number>()
      expectTypeOf(context).toEqualTypeOf<ElementContext>()
      return context.rng.uniform()
    })
    expectTypeOf(range.reduce('', (text, x) => text + String(x))).toEqualTypeOf<Promise<string>>()
    expectTypeOf(range.apply((d) => d.batch(2))).toEqualTypeOf<Dataset<Number1>>()
  })
})

describe('results', () => {
  it('are typed', () => {
    expectTypeOf(range.toArray()).toEqualTypeOf<Promise<number[]>>()
    expectTypeOf(range.first()).toEqualTypeOf<Promise<number | undefined>>()
    expectTypeOf(range.cardinality()).toEqualTypeOf<number | undefined>()
    expectTypeOf(range.iterator().next()).toEqualTypeOf<Promise<IteratorResult<number, undefined>>>()
    expectTypeOf(ndarray(new Int16Array(4), [2, 2])).toEqualTypeOf<NdArray<'int16', 2>>()
    expectTypeOf(ndarray(new Int16Array(4))).toEqualTypeOf<NdArray<'int16', 1>>()
    expectTypeOf(ndarray([[1], [2]], [2, 1], 'uint8')).toEqualTypeOf<NdArray<'uint8', 2>>()
    expectTypeOf(ndarray(new Int16Array(4)).reshape([1, 2, 2])).toEqualTypeOf<NdArray<'int16', 3>>()
    expectTypeOf<NdArray<'int64'>['data']>().toEqualTypeOf<BigInt64Array>()
  })

  it('are datasets of what they hold', () => {
    expectTypeOf(range).toExtend<AsyncIterable<number>>()
    expectTypeOf(range).toExtend<Dataset<unknown>>()
    expectTypeOf<Dataset<'a'>>().toExtend<Dataset<string>>()
    expectTypeOf<Dataset<string>>().not.toExtend<Dataset<'a'>>()
  })
})

describe('mistakes', () => {
  it('do not compile', () => {
    const mistakes = [
      // @ts-expect-error a size is a number
      () => range.batch('2'),
      // @ts-expect-error there is no such option
      () => range.batch(2, { dropRemander: true }),
      // @ts-expect-error a predicate says true or false
      () => range.filter((x) => x),
      // @ts-expect-error elements are numbers
      () => range.map((x) => String(x.length)),
      // @ts-expect-error memory is a number of bytes
      () => range.withOptions({ memory: '256MB' }),
      // @ts-expect-error what was tuned are numbers
      () => range.iterator({ tuning: { 'range.map': { numParallelCalls: 'many' } } }),
      // @ts-expect-error an array is no dataset
      () => range.concatenate([1]),
      // @ts-expect-error an array is no dataset
      () => Dataset.zip([range, [1]]),
      // @ts-expect-error nor is a number in a nested structure
      () => Dataset.zip({ a: range, b: { c: 1 } }),
      // @ts-expect-error text is no collection of elements
      () => Dataset.fromGenerator('abc'),
      // @ts-expect-error there is no such dtype
      () => ndarray([1], [1], 'int7'),
      // @ts-expect-error the data of int32 is an Int32Array
      () => new NdArray('int32', [1], new Float32Array(1)),
      // @ts-expect-error the shape of an NdArray cannot be changed
      (a: NdArray) => (a.shape[0] = 1),
    ]
    expectTypeOf(mistakes).not.toBeAny()
  })
})
