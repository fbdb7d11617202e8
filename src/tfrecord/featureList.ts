/** Measures and writes the three kinds of list as TensorFlow does: int64 and float lists packed, bytes one by one. */
import { InvalidArgumentError } from '../core/errors.ts'
import { describe } from '../ndarray/ndarray.ts'
import type { Feature } from './feature.ts'
import { lowHalf, varintBytes, writeVarint } from './wire.ts'

const encoder = new TextEncoder()
const loneSurrogate = /\p{Surrogate}/u

/** Scratch to take 64-bit and float values apart in. */
const wide = new BigInt64Array(1)
const halves = new Int32Array(wide.buffer)
const highHalf = 1 - lowHalf

/**
 * Bytes of the message that holds the values of a feature.
 *
 * @throws InvalidArgumentError naming the value that the kind cannot hold
 */
export function listBytes(name: string, feature: Feature): number {
  if (typeof feature.values !== 'object') throw wrongValue(name, feature.kind, feature.values)
  switch (feature.kind) {
    case 'bytes':
      return bytesBytes(name, feature.values)
    case 'float':
      return packed(floatBytes(name, feature.values))
    case 'int64':
      return packed(int64Bytes(name, feature.values))
    case 'none':
      return 0
    default:
      throw new InvalidArgumentError(`feature ${JSON.stringify(name)} has an unknown kind.`, {
        hint: "It is 'bytes', 'float' or 'int64'.",
      })
  }
}

/** Writes the message that holds the values, `length` bytes as measured; gives where it ends. */
export function writeList(feature: Feature, into: Uint8Array, at: number, length: number): number {
  if (feature.kind === 'bytes') return writeBytes(feature.values, into, at)
  if (length === 0) return at
  const end = at + length
  into[at] = 0x0a
  at = writeVarint(into, at + 1, packedBytes(length), 0)
  if (feature.kind === 'float') writeFloats(feature.values, into, at)
  else writeInt64s(feature.values, into, at)
  return end
}

/** Bytes of a list message from those of its values. */
function packed(bytes: number): number {
  return bytes === 0 ? 0 : 1 + varintBytes(bytes, 0) + bytes
}

/** Undoes packed. */
function packedBytes(length: number): number {
  for (let lengthBytes = 1; ; lengthBytes++) {
    if (varintBytes(length - 1 - lengthBytes, 0) === lengthBytes) return length - 1 - lengthBytes
  }
}

function bytesBytes(name: string, values: readonly (Uint8Array | string)[]): number {
  let total = 0
  for (const value of values) {
    const length = typeof value === 'string' ? textBytes(name, value) : value instanceof Uint8Array ? value.length : -1
    if (length < 0) throw wrongValue(name, 'bytes', value)
    total += 1 + varintBytes(length, 0) + length
  }
  return total
}

function textBytes(name: string, text: string): number {
  if (loneSurrogate.test(text)) throw wrongValue(name, 'bytes', text)
  return Buffer.byteLength(text)
}

function writeBytes(values: readonly (Uint8Array | string)[], into: Uint8Array, at: number): number {
  for (const value of values) {
    into[at] = 0x0a
    const bytes = typeof value === 'string' ? encoder.encode(value) : value
    at = writeVarint(into, at + 1, bytes.length, 0)
    into.set(bytes, at)
    at += bytes.length
  }
  return at
}

function floatBytes(name: string, values: ArrayLike<number>): number {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    for (let i = 0; i < values.length; i++) {
      if (typeof values[i] !== 'number') throw wrongValue(name, 'float', values[i])
    }
  }
  return 4 * values.length
}

function writeFloats(values: ArrayLike<number>, into: Uint8Array, at: number): void {
  if (values instanceof Float32Array && lowHalf === 0) {
    into.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    return
  }
  const view = new DataView(into.buffer, into.byteOffset + at, 4 * values.length)
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true)
}

function int64Bytes(name: string, values: ArrayLike<number | bigint | boolean>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (isSmall(value)) total += varintBytes(value, 0)
    else if (takeApart(value)) total += varintBytes(halves[lowHalf], halves[highHalf])
    else throw wrongValue(name, 'int64', value)
  }
  return total
}

function writeInt64s(values: ArrayLike<number | bigint | boolean>, into: Uint8Array, at: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (isSmall(value)) {
      at = writeVarint(into, at, value, 0)
      continue
    }
    takeApart(value)
    at = writeVarint(into, at, halves[lowHalf], halves[highHalf])
  }
}

/** Whether a value is its own low half, as nearly all are. */
function isSmall(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value && value >= 0
}

/** Puts the halves of an int64 into `halves`; false where the value is none. */
function takeApart(value: unknown): boolean {
  if (typeof value === 'bigint') {
    wide[0] = value
    return wide[0] === value
  }
  const whole = typeof value === 'boolean' ? Number(value) : value
  if (typeof whole !== 'number' || !Number.isSafeInteger(whole)) return false
  halves[lowHalf] = whole
  halves[highHalf] = Math.floor(whole / 2 ** 32)
  return true
}

function wrongValue(name: string, kind: string, value: unknown): InvalidArgumentError {
  const hints: Readonly<Record<string, string>> = {
    int64:
      'An int64 list holds whole numbers below 2^53, bigints of 64 bits and booleans; use floatFeature for others.',
    float: 'A float list holds numbers.',
    bytes: 'A bytes list holds text (valid Unicode) and Uint8Arrays.',
  }
  return new InvalidArgumentError(
    `feature ${JSON.stringify(name)} is of kind ${kind} and cannot hold ${describe(value)}.`,
    { hint: hints[kind] },
  )
}
