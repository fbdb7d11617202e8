import { shapeText, type DType } from '../core/spec.ts'
import { NdArray, scalarAt, sizeOf } from '../ndarray/ndarray.ts'
import type { FixedLenFeature } from './fixedLenFeature.ts'
import { listReaders } from './listReaders.ts'
import { listValues, Misfit } from './listValues.ts'
import type { Slot } from './slot.ts'

/** The slot of a FixedLenFeature of one record: a plain scalar for shape [], an NdArray for others. */
export function fixedSlot(name: string, feature: FixedLenFeature): Slot {
  const { shape, dtype, defaultValue } = feature
  const count = sizeOf(shape)
  return {
    name,
    wanted: `${dtype} ${shapeText(shape)}`,
    absent: defaultValue,
    readers: listReaders(feature),
    take: (found) => {
      const data = listValues(found, dtype, count)
      if (data instanceof Misfit) return data
      if (shape.length === 0) return scalarAt<DType>({ dtype, data }, 0)
      return new NdArray(dtype, shape, data)
    },
  }
}
