import * as zlib from 'node:zlib'
import { DataLossError, InvalidArgumentError, messageOf } from '../core/errors.ts'

/*
 * The parts of the zip format that npz files use (APPNOTE.TXT of PKWARE), little-endian. Read from the end:
 *
 *   end of central directory   22 bytes: signature, ..., entries at 10, its offset at 16; in front of it, where the
 *                              numbers need more room, the zip64 locator (20 bytes) to the zip64 end (56 bytes)
 *   central directory          an entry each: 46 bytes, name, extra fields (zip64 numbers are field 1), comment
 *   local entries              30 bytes, name and extra fields, then the data: stored (0) or deflated (8)
 */

/** One file in a zip file. */
export interface ZipEntry {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly compressedBytes: number
  readonly bytes: number
  /** Where its local entry begins. */
  readonly offset: number
}

const endBytes = 22
const locatorBytes = 20
const entryBytes = 46
const localBytes = 30
const longestComment = 0xffff
const signatures = { end: 0x06054b50, locator: 0x07064b50, end64: 0x06064b50, entry: 0x02014b50, local: 0x04034b50 }
/** What stands where the number is in a zip64 field. */
const elsewhere = 0xffffffff

/**
 * The files in a zip file, from its central directory.
 *
 * @throws InvalidArgumentError where it is no zip file
 * @throws DataLossError where it is damaged
 */
export function readZip(bytes: Uint8Array, file: string): ZipEntry[] {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(zip)
  if (end < 0) throw new InvalidArgumentError(`npz: ${file} is not a zip file, or is cut short.`, { file })
  return guarded(file, () => {
    let count = zip.readUInt16LE(end + 10)
    let at = zip.readUInt32LE(end + 16)
    if (end >= locatorBytes && zip.readUInt32LE(end - locatorBytes) === signatures.locator) {
      const end64 = Number(zip.readBigUInt64LE(end - locatorBytes + 8))
      check(zip.readUInt32LE(end64) === signatures.end64)
      count = Number(zip.readBigUInt64LE(end64 + 32))
      at = Number(zip.readBigUInt64LE(end64 + 48))
    }
    const entries: ZipEntry[] = []
    for (; entries.length < count; at += lengthOf(zip, at)) entries.push(readEntry(zip, at))
    return entries
  })
}

/**
 * The bytes of one file in a zip file, decompressed and checked; a view where they are stored as they are.
 *
 * @throws InvalidArgumentError where it is compressed or encrypted in a way that npz files are not
 * @throws DataLossError where it is damaged
 */
export function extract(bytes: Uint8Array, entry: ZipEntry, file: string): Uint8Array {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { name, method, offset, compressedBytes } = entry
  if (method !== 0 && method !== 8) {
    throw new InvalidArgumentError(`npz: ${name} in ${file} is compressed by method ${method}.`, {
      file,
      hint: 'Stored (0) and deflated (8) entries are read, which numpy writes.',
    })
  }
  return guarded(file, () => {
    check(zip.readUInt32LE(offset) === signatures.local)
    const start = offset + localBytes + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
    const stored = zip.subarray(start, start + compressedBytes)
    // No more than the entry says: a few bytes can be deflated from gigabytes.
    const data = method === 0 ? stored : zlib.inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.bytes) })
    check(stored.length === compressedBytes && data.length === entry.bytes && crc32(data) === entry.crc)
    return data
  })
}

function findEnd(zip: Buffer): number {
  const least = Math.max(0, zip.length - endBytes - longestComment)
  for (let at = zip.length - endBytes; at >= least; at--) {
    if (zip.readUInt32LE(at) === signatures.end && at + endBytes + zip.readUInt16LE(at + 20) === zip.length) return at
  }
  return -1
}

function readEntry(zip: Buffer, at: number): ZipEntry {
  check(zip.readUInt32LE(at) === signatures.entry)
  const nameEnd = at + entryBytes + zip.readUInt16LE(at + 28)
  let extra = zip64Field(zip, nameEnd, nameEnd + zip.readUInt16LE(at + 30))
  // The zip64 field holds those numbers alone that had no room, in this order.
  const number = (place: number): number => {
    const short = zip.readUInt32LE(place)
    if (short !== elsewhere || extra === undefined) return short
    extra += 8
    return Number(zip.readBigUInt64LE(extra - 8))
  }
  const bytes = number(at + 24)
  const compressedBytes = number(at + 20)
  const offset = number(at + 42)
  return {
    name: zip.toString('utf8', at + entryBytes, nameEnd),
    // An encrypted entry is given as a method that nobody reads.
    method: (zip.readUInt16LE(at + 8) & 1) === 1 ? -1 : zip.readUInt16LE(at + 10),
    crc: zip.readUInt32LE(at + 16),
    compressedBytes,
    bytes,
    offset,
  }
}

function lengthOf(zip: Buffer, at: number): number {
  return entryBytes + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
}

/** Where the data of extra field 1 begins, if there is one. */
function zip64Field(zip: Buffer, at: number, end: number): number | undefined {
  for (; at + 4 <= end; at += 4 + zip.readUInt16LE(at + 2)) if (zip.readUInt16LE(at) === 1) return at + 4
  return undefined
}

/** The checksum of zip files; Node has it since 20.15. */
function crc32(bytes: Uint8Array): number {
  if ('crc32' in zlib) return zlib.crc32(bytes)
  return plainCrc32(bytes)
}

/** The same checksum, byte by byte. */
export function plainCrc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]
  return ~crc >>> 0
}

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

class Damage extends Error {}

function check(holds: boolean): void {
  if (!holds) throw new Damage('lengths, signatures or checksums do not agree')
}

/** Reads behind the end and failures to inflate are damage too. */
function guarded<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new DataLossError(`npz: ${file} is damaged: ${messageOf(error)}.`, { file, cause: error })
  }
}
