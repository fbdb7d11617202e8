import { describe, expectTypeOf, it } from 'vitest'
import { Dataset, ndarray, type NdArray, type NumericDType, type RaggedArray, SkippedReport } from '../../src/index.ts'

describe('ignoreErrors', () => {
  it('keeps the type of the elements', () => {
    const report = new SkippedReport()
    expectTypeOf(Dataset.range(3).ignoreErrors({ report })).toEqualTypeOf<Dataset<number>>()
    // @ts-expect-error there is no such option
    Dataset.range(3).ignoreErrors({ logWarning: true })
  })
})

const sequences = Dataset.fromTensorSlices({ n: [1, 2] }).map(({ n }) => ({ ids: ndarray(new Int32Array(n)), n }))

describe('groupByWindow and bucketBySequenceLength', () => {
  it('infer their elements', () => {
    const grouped = Dataset.range(3).groupByWindow({
      keyFunc: (x) => (x > 1 ? 'many' : 'few'),
      reduceFunc: (key, window) => window.map((x) => ({ key, x })),
      windowSize: 2,
    })
    expectTypeOf(grouped).toExtend<Dataset<{ key: string; x: number }>>()
    const bucketed = sequences.bucketBySequenceLength({
      elementLengthFunc: ({ n }) => n,
      bucketBoundaries: [3],
      bucketBatchSizes: [2, 1],
      paddedShapes: { ids: [null] },
    })
    expectTypeOf(bucketed).toEqualTypeOf<Dataset<{ ids: NdArray<'int32', 2>; n: NdArray<NumericDType, 1> }>>()
  })
})

describe('paddedBatch and raggedBatch', () => {
  it('infer their elements, and take shapes and values of the same structure', () => {
    expectTypeOf(sequences.paddedBatch(2, { paddedShapes: { ids: [null] }, paddingValues: { ids: 1 } })).toEqualTypeOf<
      Dataset<{ ids: NdArray<'int32', 2>; n: NdArray<NumericDType, 1> }>
    >()
    expectTypeOf(sequences.raggedBatch(2)).toEqualTypeOf<
      Dataset<{ ids: RaggedArray<'int32', 'int64'>; n: NdArray<NumericDType, 1> }>
    >()
    expectTypeOf(sequences.raggedBatch(2, { rowSplitsDtype: 'int32' })).toEqualTypeOf<
      Dataset<{ ids: RaggedArray<'int32', 'int32'>; n: NdArray<NumericDType, 1> }>
    >()
    // @ts-expect-error there is no leaf of this name
    sequences.paddedBatch(2, { paddedShapes: { id: [null] } })
    // @ts-expect-error the leaf holds numbers
    sequences.paddedBatch(2, { paddingValues: { ids: 'a' } })
  })
})
