import { allocate, itemBytes, typedArrayOf, type DataOf, type TypedDType } from '../ndarray/dtype.ts'
import { lowHalf } from './wire.ts'

/**
 * The values whose little-endian bytes are `bytes[start, end)` (`tf.io.decode_raw`), a whole number of them: a view
 * where they are aligned, else a copy.
 */
export function rawValues<D extends TypedDType>(dtype: D, bytes: Uint8Array, start: number, end: number): DataOf[D]
export function rawValues(dtype: TypedDType, bytes: Uint8Array, start: number, end: number): DataOf[TypedDType] {
  const size = itemBytes(dtype)
  const at = bytes.byteOffset + start
  const count = (end - start) / size
  if (size === 1 || (at % size === 0 && lowHalf === 0))
    return new (typedArrayOf(dtype))(bytes.buffer as ArrayBuffer, at, count)
  const values = allocate(dtype, count)
  const copy = new Uint8Array(values.buffer, values.byteOffset, end - start)
  copy.set(bytes.subarray(start, end))
  if (lowHalf !== 0) for (let i = 0; i < copy.length; i += size) copy.subarray(i, i + size).reverse()
  return values
}
