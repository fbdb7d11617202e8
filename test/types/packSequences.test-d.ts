import { expectTypeOf, it } from 'vitest'
import { Dataset, type NdArray } from '../../src/index.ts'

const texts = Dataset.fromGenerator<{ readonly x: NdArray<'float32', 1>; readonly y: readonly number[] }>([])

it('packSequences infers its features', () => {
  expectTypeOf(texts.packSequences({ x: 4, y: 2 })).toEqualTypeOf<
    Dataset<{
      x: NdArray<'float32', 1>
      x_segment_ids: NdArray<'int32', 1>
      x_positions: NdArray<'int32', 1>
      y: NdArray<'int32', 1>
      y_segment_ids: NdArray<'int32', 1>
      y_positions: NdArray<'int32', 1>
    }>
  >()
  expectTypeOf(texts.packSequences({ x: 4, y: 2 }, { paddingValue: { y: -1 } }).batch(2)).toExtend<
    Dataset<{ y: NdArray<'int32', 2>; y_positions: NdArray<'int32', 2> }>
  >()
})

it('packSequences refuses what it would refuse as it runs', () => {
  // @ts-expect-error a feature lacks
  texts.packSequences({ x: 4 })
  // @ts-expect-error a feature too many
  texts.packSequences({ x: 4, y: 2, z: 3 })
  // @ts-expect-error no such feature
  texts.packSequences({ x: 4, y: 2 }, { paddingValue: { z: -1 } })
})
