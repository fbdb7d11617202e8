/**
 * An element as bytes, for caches, snapshots and saved states. All numbers are little-endian.
 *
 *   0      uint32, bytes of the outline
 *   4      outline: JSON in UTF-8, see `Outline`
 *   ...    zero to seven bytes, up to a multiple of 8
 *   ...    the blocks of memory in the order of the outline, each followed by such a gap
 *
 * A byte is copied once on its way in; on its way out it is not copied where its block lies as its type needs it.
 */
import { DataLossError, messageOf } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { allocate, isTyped, itemBytes, typedArrayOf, type TypedDType } from './dtype.ts'
import { isStructure, joinPath, notAnElement } from './element.ts'
import { isNdArray, NdArray } from './ndarray.ts'

/**
 * What JSON holds is itself, a tuple an array. The rest is an object of one or two keys:
 * `{ n }` a number that JSON lacks, `{ i }` a bigint, `{ b }` bytes by their length, `{ o }` an object's entries,
 * `{ d, s }` an NdArray by dtype and shape, with its texts (`v`) or the lengths of its byte strings (`l`).
 */
type Outline =
  | null
  | boolean
  | number
  | string
  | readonly Outline[]
  | { readonly n: string }
  | { readonly i: string }
  | { readonly b: number }
  | { readonly o: readonly (readonly [string, Outline])[] }
  | { readonly d: DType; readonly s: readonly number[]; readonly v?: readonly string[]; readonly l?: readonly number[] }

const utf8 = new TextEncoder()

/** Serializes elements in two steps, so that a buffer can be made just long enough: `measure`, then `write`. */
export class ElementEncoder {
  #outline: Uint8Array = new Uint8Array()
  #blocks: Uint8Array[] = []

  /**
   * Bytes of the element; the next `write` writes it.
   *
   * @throws InvalidArgumentError naming a part that an element cannot hold
   */
  measure(element: unknown): number {
    this.#blocks = []
    this.#outline = utf8.encode(JSON.stringify(outlineOf(element, '', this.#blocks)))
    return this.#blocks.reduce((at, block) => aligned(at + block.length), aligned(4 + this.#outline.length))
  }

  /** Writes the element measured last at `at`, where there is room for it. */
  write(into: Uint8Array, at: number): void {
    new DataView(into.buffer, into.byteOffset).setUint32(at, this.#outline.length, true)
    into.set(this.#outline, at + 4)
    let place = pad(into, at, 4 + this.#outline.length)
    for (const block of this.#blocks) {
      into.set(block, at + place)
      place = pad(into, at, place + block.length)
    }
    this.#blocks = []
  }
}

/** An element as bytes of its own. */
export function encodeElement(element: unknown): Uint8Array<ArrayBuffer> {
  const encoder = new ElementEncoder()
  const bytes = new Uint8Array(encoder.measure(element))
  encoder.write(bytes, 0)
  return bytes
}

/**
 * The element again: views on `bytes` where they lie right, else copies.
 *
 * @throws DataLossError where the bytes are not those of an element
 */
export function decodeElement(bytes: Uint8Array): unknown {
  const reader = new BlockReader(bytes)
  try {
    return elementOf(reader.outline(), reader)
  } catch (error) {
    throw new DataLossError(`${bytes.length} bytes are no element: ${messageOf(error)}`, { cause: error })
  }
}

function outlineOf(value: unknown, path: string, blocks: Uint8Array[]): Outline {
  if (isNdArray(value)) return arrayOutline(value, blocks)
  if (value instanceof Uint8Array) {
    blocks.push(value)
    return { b: value.length }
  }
  if (typeof value === 'bigint') return { i: String(value) }
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { n: numberText(value) }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (!isStructure(value)) throw notAnElement(value, path)
  if (Array.isArray(value)) return value.map((part, i) => outlineOf(part, `${path}[${i}]`, blocks))
  return { o: Object.entries(value).map(([key, part]) => [key, outlineOf(part, joinPath(path, key), blocks)]) }
}

function arrayOutline({ dtype, shape, data }: NdArray, blocks: Uint8Array[]): Outline {
  if (ArrayBuffer.isView(data)) {
    blocks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    return { d: dtype, s: shape }
  }
  if (dtype === 'string') return { d: dtype, s: shape, v: data as string[] }
  blocks.push(...(data as Uint8Array[]))
  return { d: dtype, s: shape, l: (data as Uint8Array[]).map((value) => value.length) }
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function elementOf(outline: Outline, reader: BlockReader): unknown {
  if (typeof outline !== 'object' || outline === null) return outline
  if (isTuple(outline)) return outline.map((part) => elementOf(part, reader))
  if ('n' in outline) return Number(outline.n)
  if ('i' in outline) return BigInt(outline.i)
  if ('b' in outline) return reader.bytes(outline.b)
  if ('o' in outline) return Object.fromEntries(outline.o.map(([key, part]) => [key, elementOf(part, reader)]))
  const { d, s, v, l } = outline
  if (isTyped(d))
    return new NdArray(
      d,
      s,
      reader.values(
        d,
        s.reduce((size, axis) => size * axis, 1),
      ),
    )
  return d === 'string'
    ? new NdArray(d, s, [...(v ?? [])])
    : new NdArray(
        d,
        s,
        (l ?? []).map((length) => reader.bytes(length)),
      )
}

/** Takes the blocks off one after the other. */
class BlockReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  outline(): Outline {
    const { buffer, byteOffset } = this.#bytes
    const header = this.#take(4)
    const text = this.#bytes.subarray(header + 4, header + 4 + new DataView(buffer, byteOffset).getUint32(header, true))
    this.#at = aligned(4 + text.length)
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)) as Outline
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  values<D extends TypedDType>(dtype: D, length: number) {
    const block = this.bytes(length * itemBytes(dtype))
    if (block.byteOffset % itemBytes(dtype) === 0) {
      return new (typedArrayOf(dtype))(block.buffer as ArrayBuffer, block.byteOffset, length)
    }
    const values = allocate(dtype, length)
    new Uint8Array(values.buffer).set(block)
    return values
  }

  #take(length: number): number {
    const start = this.#at
    if (!(length >= 0 && start + length <= this.#bytes.length))
      throw new RangeError(`they end within byte ${start + length}.`)
    this.#at = aligned(start + length)
    return start
  }
}

function isTuple(outline: object): outline is readonly Outline[] {
  return Array.isArray(outline)
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}

/** Zeroes the gap after `length` bytes from `at` on; gives where the next block begins, from there. */
function pad(into: Uint8Array, at: number, length: number): number {
  into.fill(0, at + length, at + aligned(length))
  return aligned(length)
}
