import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import { isTyped, typedArrayOf, type DataOf, type TypedDType } from './dtype.ts'
import { NdArray, sizeOf } from './ndarray.ts'
import { notNpy, npyHeader, npyLength, readNpyHeader, type NpyHeader } from './npyHeader.ts'

/**
 * Reads the bytes of an npy file, numpy's format for one array; versions 1.0, 2.0 and 3.0.
 *
 * Big-endian values are swapped, Fortran order becomes row-major, `U` strings become strings, `S` byte strings bytes
 * without the zeros at their end.
 *
 * @param bytes the whole file; little-endian values that lie on their boundary are not copied
 * @param file its name, for messages
 * @throws InvalidArgumentError where it is no npy file, or holds what no NdArray does (complex, float16, uint64, objects)
 * @throws DataLossError where it is cut short, or longer than its header says
 * @example
 * parseNpy(encodeNpy(ndarray([[1, 2], [3, 4]])), 'x.npy') // int32 [[1, 2], [3, 4]]
 */
export function parseNpy(bytes: Uint8Array, file = 'the file'): NdArray {
  const header = readNpyHeader(bytes, file)
  if (header === undefined) {
    if (bytes.length < 8) throw notNpy(file)
    throw new DataLossError(`npy: ${file} ends within its header.`, { file, byteOffset: bytes.length })
  }
  const { shape, start, valueBytes } = header
  const wanted = start + sizeOf(shape) * valueBytes
  if (bytes.length !== wanted) throw npyLength(file, bytes.length, wanted)
  const array = npyValues(header, shape, bytes.subarray(start), file)
  return header.fortranOrder && shape.length > 1 ? rowMajor(array) : array
}

/**
 * Values of an npy file as an NdArray of the given shape, in the order they have in the file; `bytes` are theirs alone.
 */
export function npyValues(header: NpyHeader, shape: readonly number[], bytes: Uint8Array, file: string): NdArray {
  const { dtype, valueBytes, bigEndian } = header
  const size = sizeOf(shape)
  if (isTyped(dtype)) return new NdArray(dtype, shape, numbers(dtype, bytes, size, bigEndian))
  const at = Array.from({ length: size }, (_, i) => bytes.subarray(i * valueBytes, (i + 1) * valueBytes))
  return dtype === 'bytes'
    ? new NdArray(dtype, shape, at.map(withoutZeros))
    : new NdArray(
        dtype,
        shape,
        at.map((value) => textOf(value, bigEndian, file)),
      )
}

/**
 * The bytes of an npy file (version 1.0, little-endian), the same that numpy writes.
 *
 * @throws InvalidArgumentError where a string or bytes value ends with a zero, which the format cannot hold
 */
export function encodeNpy(array: NdArray): Uint8Array {
  const { dtype, shape, data } = array
  if (isTyped(dtype)) {
    const { buffer, byteOffset, byteLength } = data as DataOf[TypedDType]
    return Buffer.concat([npyHeader(descrOf[dtype], shape), new Uint8Array(buffer, byteOffset, byteLength)])
  }
  const values = Array.from<unknown>(data).map((value) =>
    value instanceof Uint8Array ? value : codePoints(String(value)),
  )
  const valueBytes = values.reduce((most, { length }) => Math.max(most, length), dtype === 'string' ? 4 : 1)
  const body = Buffer.alloc(values.length * valueBytes)
  values.forEach((value, i) => {
    const width = dtype === 'string' ? 4 : 1
    if (value.length > 0 && value.subarray(-width).every((byte) => byte === 0)) {
      throw new InvalidArgumentError(`npy: value ${i} ends with a zero, which the format cannot hold.`)
    }
    body.set(value, i * valueBytes)
  })
  return Buffer.concat([npyHeader(dtype === 'string' ? `<U${valueBytes / 4}` : `|S${valueBytes}`, shape), body])
}

const descrOf: Readonly<Record<TypedDType, string>> = {
  float32: '<f4',
  float64: '<f8',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  bool: '|b1',
}

/** The values in this machine's byte order; a view on the bytes where they are so already. */
function numbers(dtype: TypedDType, bytes: Uint8Array, size: number, bigEndian: boolean): DataOf[TypedDType] {
  const Class = typedArrayOf(dtype) as Float32ArrayConstructor
  const width = Class.BYTES_PER_ELEMENT
  const swaps = bigEndian && width > 1
  if (!swaps && bytes.byteOffset % width === 0) return new Class(bytes.buffer as ArrayBuffer, bytes.byteOffset, size)
  // Not slice(): that of a Buffer, which files are read as, is no copy.
  const own = Uint8Array.from(bytes)
  const buffer = Buffer.from(own.buffer)
  if (swaps) {
    if (width === 2) buffer.swap16()
    else if (width === 4) buffer.swap32()
    else buffer.swap64()
  }
  return new Class(own.buffer, 0, size)
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return Uint8Array.from(bytes.subarray(0, end))
}

/** A string of UTF-32 code points with zeros behind it. */
function textOf(bytes: Uint8Array, bigEndian: boolean, file: string): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length
  while (end > 0 && view.getUint32(end - 4) === 0) end -= 4
  let text = ''
  for (let at = 0; at < end; at += 4) {
    const code = view.getUint32(at, !bigEndian)
    if (code > 0x10ffff) throw new DataLossError(`npy: ${file} holds ${code}, which is no character.`, { file })
    text += String.fromCodePoint(code)
  }
  return text
}

function codePoints(text: string): Uint8Array {
  return new Uint8Array(Uint32Array.from(text, (character) => character.codePointAt(0) ?? 0).buffer)
}

/** Turns values of which the first axis varies fastest into row-major order. */
function rowMajor(array: NdArray): NdArray {
  const { dtype, shape, data } = array
  const size = data.length
  const order = new Uint32Array(size)
  const place = shape.map(() => 0)
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  for (let i = 0, at = 0; i < size; i++) {
    order[i] = at
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]
      if (++place[axis] < shape[axis]) break
      at -= strides[axis] * shape[axis]
      place[axis] = 0
    }
  }
  const source = data as unknown[]
  if (!isTyped(dtype)) return new NdArray(dtype, shape, Array.from(order, (at) => source[at]) as string[])
  const moved = new (typedArrayOf(dtype) as Float32ArrayConstructor)(size)
  for (let i = 0; i < size; i++) moved[i] = source[order[i]] as number
  return new NdArray(dtype, shape, moved)
}
