import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { isTyped, itemBytes, typedArrayOf, type TypedDType } from '../ndarray/dtype.ts'
import { NdArray } from '../ndarray/ndarray.ts'

/*
 * The safetensors format (https://github.com/huggingface/safetensors), all of it:
 *
 *   8 bytes    length n of the header, little-endian
 *   n bytes    the header: JSON, padded with spaces to a multiple of 8
 *                { "__metadata__": { name: text, ... },
 *                  name: { "dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end] }, ... }
 *   the rest   the tensors one after the other, row-major and little-endian; offsets count from here
 */

/** Named tensors and named texts. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, NdArray>
  readonly metadata: Readonly<Record<string, string>>
}

const codes: Readonly<Record<TypedDType, string>> = {
  float64: 'F64',
  float32: 'F32',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** The bytes of a file that holds these tensors and texts. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: [string, unknown][] = [['__metadata__', metadata]]
  let bytes = 0
  for (const [name, { dtype, shape, data }] of tensors) {
    if (!isTyped(dtype))
      throw new InvalidArgumentError(`safetensors: tensor ${name} is ${dtype}, which the format lacks.`)
    const { byteLength } = data as Uint8Array
    header.push([name, { dtype: codes[dtype], shape, data_offsets: [bytes, bytes + byteLength] } satisfies Entry])
    bytes += byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const start = 8 + Math.ceil(text.length / 8) * 8
  const file = new Uint8Array(start + bytes).fill(0x20, 8, start)
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true)
  file.set(text, 8)
  let at = start
  for (const { data } of tensors.values()) {
    const { buffer, byteOffset, byteLength } = data as Uint8Array
    file.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += byteLength
  }
  return file
}

/**
 * Reads the bytes of such a file; the tensors are copies.
 *
 * @throws DataLossError naming `file` where the bytes are not such a file, or are cut short
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const damaged = (what: string): DataLossError =>
    new DataLossError(`safetensors: ${file} ${what}.`, {
      file,
      hint: 'Delete it, and begin anew or from an older one.',
    })
  if (bytes.length < 8) throw damaged('is too short to be a safetensors file')
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (headerBytes > bytes.length - 8) throw damaged(`has a header of ${headerBytes} bytes, more than the file`)
  const body = bytes.subarray(8 + headerBytes)
  let header: Record<string, unknown>
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as Record<string, unknown>
  } catch {
    throw damaged('has a header that is no JSON')
  }
  const { __metadata__: metadata = {}, ...entries } = header
  const tensors = new Map<string, NdArray>()
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype: code, shape, data_offsets: offsets } = entry as Entry
    const dtype = (Object.keys(codes) as TypedDType[]).find((key) => codes[key] === code)
    if (dtype === undefined) throw damaged(`has tensor ${name} of unknown dtype ${code}`)
    const [begin, end] = offsets
    const size = shape.reduce((product, axis) => product * axis, 1)
    if (end > body.length || end - begin !== size * itemBytes(dtype)) throw damaged(`is cut short at tensor ${name}`)
    tensors.set(name, new NdArray<DType>(dtype, shape, over(dtype, new Uint8Array(body.subarray(begin, end)))))
  }
  return { tensors, metadata: metadata as Record<string, string> }
}

function over(dtype: TypedDType, bytes: Uint8Array): Uint8Array {
  return new (typedArrayOf(dtype) as Uint8ArrayConstructor)(bytes.buffer, 0, bytes.byteLength / itemBytes(dtype))
}
