/**
 * The wire format of protocol buffers, as far as tf.train.Example needs it. A message is a row of fields, each a varint
 * tag (field number << 3 | wire type) and a value:
 *
 *   wire type 0   varint: seven bits a byte, lowest first, the top bit set on all but the last; 64 bits in 10 bytes
 *   wire type 1   8 bytes
 *   wire type 2   varint length, then that many bytes: a message, a string, or a packed list
 *   wire type 3   a group, up to the tag of wire type 4 with the same number; obsolete, only ever skipped
 *   wire type 5   4 bytes
 *
 * 64-bit values are handled as two halves of 32 bits, since a bigint for each would cost an allocation.
 */
import { InvalidArgumentError } from '../core/errors.ts'

/** Deepest nesting of groups that is skipped; protobuf's own limit. */
const deepestGroup = 100

/** Where of an Int32Array over 64-bit values the low half of each lies, on this machine; the other is 1 - lowHalf. */
export const lowHalf = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1

/**
 * A position in a message, moved forward by each read. Every read is checked against `end`, so none allocates or
 * loops.
 */
export class WireReader {
  bytes: Uint8Array
  at: number
  end: number
  /** The halves of the varint read last, as signed 32-bit numbers. */
  low = 0
  high = 0

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /** Goes on at another place. */
  reset(bytes: Uint8Array, at: number, end: number): this {
    this.bytes = bytes
    this.at = at
    this.end = end
    return this
  }

  /**
   * Reads a varint into `low` and `high`; false where it is cut short or has more than 10 bytes. Bits beyond 64 are
   * lost.
   */
  varint(): boolean {
    const { bytes, end } = this
    let at = this.at
    let low = 0
    let high = 0
    for (let shift = 0; at < end; shift += 7) {
      const byte = bytes[at++]
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else if (shift < 63) high |= bits << (shift - 32)
      else if (shift > 63 || byte > 0x7f) return false
      else high |= bits << 31
      if (byte < 0x80) {
        this.at = at
        this.low = low
        this.high = high
        return true
      }
    }
    return false
  }

  /** Reads a tag. */
  tag(): number {
    if (!this.varint() || this.high !== 0 || this.low >>> 3 === 0) throw malformed('field tag', this.at)
    return this.low >>> 0
  }

  /** Reads the length of what follows, which lies within this message; gives where it ends. */
  lengthEnd(): number {
    const length = this.length()
    if (length < 0) throw malformed('field length', this.at)
    return this.at + length
  }

  /** Reads a length like lengthEnd, but gives the length itself, and -1 where it is bad. */
  length(): number {
    const { bytes, at } = this
    const first = bytes[at]
    if (first < 0x80 && at < this.end) {
      this.at = at + 1
      return first <= this.end - this.at ? first : -1
    }
    const second = bytes[at + 1]
    if (second < 0x80 && at + 1 < this.end) {
      this.at = at + 2
      const length = first - 0x80 + (second << 7)
      return length <= this.end - this.at ? length : -1
    }
    if (!this.varint() || this.high !== 0 || this.low < 0 || this.low > this.end - this.at) return -1
    return this.low
  }

  /** Passes the value of an unknown field. */
  skip(tag: number): void {
    const open: number[] = []
    for (let next = tag; ; next = this.tag()) {
      const field = next >>> 3
      switch (next & 7) {
        case 0:
          if (!this.varint()) throw malformed('varint', this.at)
          break
        case 1:
          this.pass(8)
          break
        case 2:
          this.at = this.lengthEnd()
          break
        case 3:
          if (open.push(field) > deepestGroup) throw malformed('nesting of groups', this.at)
          break
        case 4:
          if (open.pop() !== field) throw malformed('end of a group', this.at)
          break
        case 5:
          this.pass(4)
          break
        default:
          throw malformed('wire type', this.at)
      }
      if (open.length === 0) return
    }
  }

  /** Passes a value of fixed size; gives where it begins. */
  pass(bytes: number): number {
    if (bytes > this.end - this.at) throw malformed('fixed-size value', this.at)
    this.at += bytes
    return this.at - bytes
  }
}

/** The error of bytes that are no tf.train.Example. */
export function malformed(what: string, at: number): InvalidArgumentError {
  return new InvalidArgumentError(`the record is not a serialized tf.train.Example: bad ${what} at byte ${at} of it.`, {
    hint: 'Read it without a schema to get its bytes.',
  })
}

/** Bytes of the varint of a 64-bit value. */
export function varintBytes(low: number, high: number): number {
  if (high === 0) {
    const u = low >>> 0
    return u < 0x80 ? 1 : u < 0x4000 ? 2 : u < 0x200000 ? 3 : u < 0x10000000 ? 4 : 5
  }
  const u = high >>> 0
  return u < 0x8 ? 5 : u < 0x400 ? 6 : u < 0x20000 ? 7 : u < 0x1000000 ? 8 : u < 0x80000000 ? 9 : 10
}

/** Writes the varint of a 64-bit value; gives where it ends. */
export function writeVarint(into: Uint8Array, at: number, low: number, high: number): number {
  let l = low >>> 0
  let h = high >>> 0
  while (h !== 0) {
    into[at++] = (l & 0x7f) | 0x80
    l = ((l >>> 7) | (h << 25)) >>> 0
    h >>>= 7
  }
  while (l > 0x7f) {
    into[at++] = (l & 0x7f) | 0x80
    l >>>= 7
  }
  into[at++] = l
  return at
}
