import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import { itemBytes, typedArrayOf, type TypedDType } from './dtype.ts'
import { NdArray } from './ndarray.ts'

/*
 * The idx format of the MNIST files (http://yann.lecun.com/exdb/mnist), big-endian:
 *
 *   2 bytes         zero
 *   1 byte          dtype: 8 uint8, 9 int8, 11 int16, 12 int32, 13 float32, 14 float64
 *   1 byte          rank n
 *   4 bytes each    sizes of the n axes
 *   the rest        the values, row-major
 */

const dtypesByCode: Readonly<Partial<Record<number, TypedDType>>> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
}

/**
 * Reads the bytes of an idx file.
 *
 * @param bytes the whole file; single-byte values are not copied
 * @param file its name, for messages
 * @throws InvalidArgumentError where it is no idx file
 * @throws DataLossError where it is cut short, or longer than its axes say
 * @example
 * parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9), 'labels') // uint8 [7, 9]
 */
export function parseIdx(bytes: Uint8Array, file = 'the file'): NdArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dtype = bytes.length < 4 || view.getUint16(0) !== 0 ? undefined : dtypesByCode[bytes[2]]
  if (dtype === undefined) throw new InvalidArgumentError(`idx: ${file} is not an idx file.`, { file })
  const start = 4 + 4 * bytes[3]
  if (bytes.length < start)
    throw new DataLossError(`idx: ${file} ends within its header.`, { file, byteOffset: bytes.length })
  const shape = Array.from({ length: bytes[3] }, (_, axis) => view.getUint32(4 + 4 * axis))
  const size = shape.reduce((product, axis) => product * axis, 1)
  const wanted = start + size * itemBytes(dtype)
  if (bytes.length !== wanted) {
    throw new DataLossError(`idx: ${file} has ${bytes.length} bytes, but its header asks for ${wanted}.`, {
      file,
      byteOffset: Math.min(bytes.length, wanted),
      hint: 'Fetch it again.',
    })
  }
  return new NdArray(dtype, shape, values(dtype, bytes.subarray(start)))
}

/** The values in this machine's byte order; idx is big-endian. */
function values(dtype: TypedDType, bytes: Uint8Array): Uint8Array {
  const width = itemBytes(dtype)
  if (dtype === 'uint8') return bytes
  // Not slice(): that of a Buffer, which files are read as, is no copy.
  const swapped = Uint8Array.from(bytes)
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse()
  return new (typedArrayOf(dtype) as Uint8ArrayConstructor)(swapped.buffer, 0, swapped.length / width)
}
