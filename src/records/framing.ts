/**
 * A TFRecord file is a row of frames and nothing else: no header, no index, no footer. One frame, numbers
 * little-endian:
 *
 *   offset      bytes    field
 *   0           8        length of the data in bytes, unsigned
 *   8           4        masked CRC-32C of those 8 bytes
 *   12          length   the data
 *   12+length   4        masked CRC-32C of the data
 *
 * The mask is crc32c.ts's. No byte of data is copied here, except by frameRecord into the buffer it is given.
 */
import { crc32c, maskCrc } from './crc32c.ts'

/** Bytes of a frame before its data. */
export const headerBytes = 12

/** Bytes of a frame after its data. */
export const footerBytes = 4

/** Bytes a frame adds to its data. */
export const frameBytes = headerBytes + footerBytes

/** The longest record that is written, or read unless `maxRecordBytes` says less: what protobuf allows a message. */
export const longestRecordBytes = 2 ** 31 - 1

/**
 * Writes one frame into a buffer of the caller's.
 *
 * @param record the data
 * @param into has room for `record.length + frameBytes` bytes from `at`
 * @param at where the frame begins (default 0)
 * @returns where the frame ends
 *
 * @example
 * const frame = new Uint8Array(record.length + frameBytes)
 * frameRecord(record, frame)
 */
export function frameRecord(record: Uint8Array, into: Uint8Array, at = 0): number {
  into.set(record, at + headerBytes)
  return sealFrame(into, at, record.length)
}

/** The length written last, and its checksum: records mostly are as long as the one before. */
let [knownLength, knownCrc] = [-1, 0]

/**
 * Writes header and footer round `length` bytes of data that lie at `at + headerBytes`; returns where the frame ends.
 */
export function sealFrame(into: Uint8Array, at: number, length: number): number {
  writeUint32(into, at, length)
  writeUint32(into, at + 4, 0)
  if (length !== knownLength) {
    knownLength = length
    knownCrc = maskCrc(crc32c(into, at, at + 8))
  }
  writeUint32(into, at + 8, knownCrc)
  const end = at + headerBytes + length
  writeUint32(into, end, maskCrc(crc32c(into, at + headerBytes, end)))
  return end + footerBytes
}

/** The little-endian unsigned number of 4 bytes at `at`. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

/** Writes `value` of 0 to 2^32 - 1 as 4 little-endian bytes. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
}
