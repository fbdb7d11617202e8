import { describe, expectTypeOf, it } from 'vitest'
import { Dataset, type NdArray, type NumericDType } from '../../src/index.ts'

const range = Dataset.range(3)
const mixed = Dataset.fromGenerator<number | string>([1, 'a'])

describe('choosing and counting', () => {
  it('keep the type of the elements', () => {
    expectTypeOf(range.shard(2, 0)).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(range.assertCardinality(3)).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(range.takeWhile((x) => x < 2)).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(mixed.takeWhile((x) => typeof x === 'string')).toEqualTypeOf<Dataset<string>>()
    expectTypeOf(Dataset.counter(1, 2)).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(Dataset.random({ seed: 1 })).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(Dataset.zip([range, mixed], { strict: true })).toEqualTypeOf<Dataset<[number, number | string]>>()
  })

  it('refuse what is wrong', () => {
    const mistakes = [
      // @ts-expect-error a predicate says true or false
      () => range.takeWhile((x) => x),
      // @ts-expect-error there is no such option
      () => Dataset.random({ sed: 1 }),
      // @ts-expect-error a shard has a number
      () => range.shard(2),
      // @ts-expect-error strict is true or false
      () => Dataset.zip([range], { strict: 1 }),
    ]
    expectTypeOf(mistakes).not.toBeAny()
  })
})

describe('expanding', () => {
  it('gives the elements of the inner datasets', () => {
    expectTypeOf(range.flatMap((n) => Dataset.range(n))).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(range.flatMap((n) => Promise.resolve(Dataset.fromTensorSlices([`${n}`])))).toEqualTypeOf<
      Dataset<string>
    >()
    expectTypeOf(range.interleave((n) => Dataset.range(n).enumerate(), { cycleLength: 2 })).toEqualTypeOf<
      Dataset<[number, number]>
    >()
  })

  it('refuses what is wrong', () => {
    const mistakes = [
      // @ts-expect-error an array is no dataset
      () => range.flatMap((n) => [n]),
      // @ts-expect-error an array is no dataset
      () => range.interleave((n) => [n]),
      // @ts-expect-error a length is a number
      () => range.interleave((n) => Dataset.range(n), { cycleLength: '2' }),
    ]
    expectTypeOf(mistakes).not.toBeAny()
  })
})

describe('windows', () => {
  it('are datasets at each leaf, or stacked', () => {
    expectTypeOf(range.window(2)).toEqualTypeOf<Dataset<Dataset<number>>>()
    expectTypeOf(range.enumerate().window(2, { shift: 1 })).toEqualTypeOf<Dataset<[Dataset<number>, Dataset<number>]>>()
    expectTypeOf(range.map((x) => ({ x, y: [`${x}`, x > 1] as [string, boolean] })).window(2)).toEqualTypeOf<
      Dataset<{ x: Dataset<number>; y: [Dataset<string>, Dataset<boolean>] }>
    >()
    expectTypeOf(range.batch(2).window(2)).toEqualTypeOf<Dataset<Dataset<NdArray<NumericDType, 1>>>>()
    expectTypeOf(range.window(2).window(2)).toEqualTypeOf<Dataset<Dataset<Dataset<number>>>>()
    expectTypeOf(range.window(2).flatMap((window) => window.batch(2))).toEqualTypeOf<
      Dataset<NdArray<NumericDType, 1>>
    >()
    expectTypeOf(range.slidingBatch(2, { shift: 1 })).toEqualTypeOf<Dataset<NdArray<NumericDType, 1>>>()
  })

  it('have options by name', () => {
    // @ts-expect-error there is no such option
    const mistake = () => range.window(2, { step: 1 })
    expectTypeOf(mistake).not.toBeAny()
  })
})

describe('folding', () => {
  it('infers what comes out', () => {
    expectTypeOf(range.scan(0, (total, x) => [total + x, `${total}`])).toEqualTypeOf<Dataset<string>>()
    expectTypeOf(range.scan({ n: 0 }, (state, x) => Promise.resolve([state, x > state.n]))).toEqualTypeOf<
      Dataset<boolean>
    >()
    expectTypeOf(range.unique({ key: (x) => x % 2 })).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(range.batch(2).rebatch([1, 2])).toEqualTypeOf<Dataset<NdArray<NumericDType, 1>>>()
  })

  it('refuses what is wrong', () => {
    const mistakes = [
      // @ts-expect-error a pair is wanted
      () => range.scan(0, (total, x) => total + x),
      // @ts-expect-error the new state is of another type
      () => range.scan(0, (total, x) => [`${total}`, x]),
      // @ts-expect-error a key is a number, a bigint or a string
      () => range.unique({ key: (x) => [x] }),
      // @ts-expect-error sizes are numbers
      () => range.batch(2).rebatch(['1']),
    ]
    expectTypeOf(mistakes).not.toBeAny()
  })
})
