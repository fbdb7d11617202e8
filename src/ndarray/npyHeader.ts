import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import { itemBytes, type TypedDType } from './dtype.ts'

/*
 * The head of the npy format (numpy.lib.format):
 *
 *   6 bytes         \x93NUMPY
 *   2 bytes         version: 1.0, 2.0 or 3.0
 *   2 or 4 bytes    length of the dictionary, little-endian; 2 in version 1.0
 *   the dictionary  {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } as Python writes it, and spaces up to a
 *                   multiple of 64 with \n at the end; latin1, or UTF-8 in version 3.0
 */

/** What an npy file says of its values. */
export interface NpyHeader {
  readonly dtype: TypedDType | 'string' | 'bytes'
  readonly shape: readonly number[]
  /** Whether the first axis varies fastest. */
  readonly fortranOrder: boolean
  readonly bigEndian: boolean
  /** Bytes of one value in the file. */
  readonly valueBytes: number
  /** Where the values begin. */
  readonly start: number
}

const magic = Buffer.from('\x93NUMPY', 'latin1')
const fixedBytes = 8

const kinds: Readonly<Partial<Record<string, TypedDType>>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  f4: 'float32',
  f8: 'float64',
}

/**
 * Reads the head of an npy file.
 *
 * @param bytes the beginning of the file
 * @returns undefined where the head does not end within the bytes
 * @throws InvalidArgumentError where it is no npy file, or holds what no NdArray does
 */
export function readNpyHeader(bytes: Uint8Array, file: string): NpyHeader | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const seen = Math.min(head.length, magic.length)
  if (!head.subarray(0, seen).equals(magic.subarray(0, seen))) throw notNpy(file)
  if (head.length < fixedBytes) return undefined
  const major = head[6]
  if (major < 1 || major > 3) {
    throw new InvalidArgumentError(`npy: ${file} has version ${major}.${head[7]} of the format.`, {
      file,
      hint: 'Versions 1.0, 2.0 and 3.0 are read.',
    })
  }
  const lengthBytes = major === 1 ? 2 : 4
  if (head.length < fixedBytes + lengthBytes) return undefined
  const start = fixedBytes + lengthBytes + head.readUIntLE(fixedBytes, lengthBytes)
  if (head.length < start) return undefined
  const text = head.toString(major === 3 ? 'utf8' : 'latin1', fixedBytes + lengthBytes, start)
  return { ...readDictionary(text, file), start }
}

/** The head as numpy writes it. */
export function npyHeader(descr: string, shape: readonly number[]): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`
  // numpy leaves room for the first axis to grow to 21 digits.
  const room = shape.length === 0 ? 0 : 21 - String(shape[0]).length
  const text = dictionary + ' '.repeat(room)
  const padded = Math.ceil((fixedBytes + 2 + text.length + 1) / 64) * 64
  const head = Buffer.alloc(padded, ' ')
  magic.copy(head)
  head.set([1, 0], 6)
  head.writeUInt16LE(padded - fixedBytes - 2, fixedBytes)
  head.write(text, fixedBytes + 2, 'latin1')
  head[padded - 1] = 10
  return head
}

/** The error for a file that ends too early, or too late. */
export function npyLength(file: string, length: number, wanted: number): DataLossError {
  return new DataLossError(`npy: ${file} has ${length} bytes, but its header asks for ${wanted}.`, {
    file,
    byteOffset: Math.min(length, wanted),
  })
}

/** The error for bytes that are no npy file. */
export function notNpy(file: string): InvalidArgumentError {
  return new InvalidArgumentError(`npy: ${file} is not an npy file.`, { file })
}

function readDictionary(text: string, file: string): Omit<NpyHeader, 'start'> {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const axes = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1]
  if (order === undefined || axes === undefined || !/'descr'/.test(text)) throw notNpy(file)
  const shape = (axes.match(/\d+/g) ?? []).map(Number)
  // A structured dtype is a list.
  if (descr === undefined) throw noDType(file, /'descr'\s*:\s*(\[.*?\])/s.exec(text)?.[1] ?? 'no dtype')
  const [, sign, kind, digits] = /^([<>|=])([a-zA-Z])(\d+)$/.exec(descr) ?? ['', '', '', '']
  const fortranOrder = order === 'True'
  const bigEndian = sign === '>'
  if (kind === 'U' || kind === 'S') {
    const valueBytes = Number(digits) * (kind === 'U' ? 4 : 1)
    return { dtype: kind === 'U' ? 'string' : 'bytes', shape, fortranOrder, bigEndian, valueBytes }
  }
  const dtype = kinds[kind + digits]
  if (dtype === undefined) throw noDType(file, descr)
  return { dtype, shape, fortranOrder, bigEndian, valueBytes: itemBytes(dtype) }
}

function noDType(file: string, descr: string): InvalidArgumentError {
  return new InvalidArgumentError(`npy: ${file} holds ${descr}, which is no dtype of an NdArray.`, {
    file,
    hint: 'Save it as another: array.astype(numpy.float32).',
  })
}
