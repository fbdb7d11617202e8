/**
 * The index of a record file, kept beside it as `<file>.index`; numbers little-endian:
 *
 *   offset  bytes  field
 *   0       8      "mrrindex"
 *   8       4      version: 1
 *   12      4      CRC-32C of everything that follows
 *   16      8      bytes of the record file
 *   24      8      number of records
 *   32      4      fingerprint: CRC-32C of the stored data checksums of up to 16 records, evenly spread
 *   36      ...    length of each record's data, as a varint: what each offset is more than the one before, less 16
 *
 * The size and the fingerprint say whether the index belongs to the file; clocks are not asked.
 */
import { DataLossError } from '../core/errors.ts'
import { crc32c } from './crc32c.ts'
import { frameBytes, readUint32, writeUint32 } from './framing.ts'

const magic = new TextEncoder().encode('mrrindex')
const version = 1
const bodyStart = 36

/** What an index says. */
export interface RecordIndex {
  readonly fileBytes: number
  readonly fingerprint: number
  /** Where each record's frame begins, and at last where the file ends. */
  readonly offsets: Float64Array
}

/** Collects the lengths of records. */
export class IndexBuilder {
  #lengths = new Uint32Array(1024)
  #count = 0

  add(length: number): void {
    if (this.#count === this.#lengths.length) {
      const longer = new Uint32Array(2 * this.#count)
      longer.set(this.#lengths)
      this.#lengths = longer
    }
    this.#lengths[this.#count++] = length
  }

  /** Where each record's frame begins, and at last where the file ends. */
  offsets(): Float64Array {
    const offsets = new Float64Array(this.#count + 1)
    for (let i = 0; i < this.#count; i++) offsets[i + 1] = offsets[i] + this.#lengths[i] + frameBytes
    return offsets
  }
}

/** The bytes of an index file. */
export function encodeIndex({ fileBytes, fingerprint, offsets }: RecordIndex): Uint8Array {
  const records = offsets.length - 1
  const bytes = new Uint8Array(bodyStart + 5 * records)
  bytes.set(magic)
  writeUint32(bytes, 8, version)
  writeUint64(bytes, 16, fileBytes)
  writeUint64(bytes, 24, records)
  writeUint32(bytes, 32, fingerprint)
  let at = bodyStart
  for (let i = 0; i < records; i++) {
    let length = offsets[i + 1] - offsets[i] - frameBytes
    for (; length >= 128; length >>>= 7) bytes[at++] = (length & 127) | 128
    bytes[at++] = length
  }
  writeUint32(bytes, 12, crc32c(bytes, 16, at))
  return bytes.subarray(0, at)
}

/**
 * Reads an index file.
 *
 * @throws DataLossError where it is no index, of another version, or damaged
 */
export function decodeIndex(bytes: Uint8Array, file: string): RecordIndex {
  const fail = (what: string): DataLossError =>
    new DataLossError(`${file} ${what}.`, {
      file,
      hint: 'Build it again with buildIndex or `millrace tfrecord index`.',
    })
  if (bytes.length < bodyStart || magic.some((byte, i) => bytes[i] !== byte)) throw fail('is no index of records')
  if (readUint32(bytes, 8) !== version) throw fail(`is an index of version ${readUint32(bytes, 8)}, not ${version}`)
  if (readUint32(bytes, 12) !== crc32c(bytes, 16)) throw fail('is damaged: its checksum does not match')
  const records = readUint64(bytes, 24)
  if (records > bytes.length - bodyStart) throw fail(`is damaged: it has no room for ${records} records`)
  const offsets = new Float64Array(records + 1)
  let at = bodyStart
  for (let i = 0; i < records; i++) {
    let length = 0
    let byte = 128
    for (let scale = 1; byte >= 128; scale *= 128) {
      byte = at < bytes.length ? bytes[at++] : 0
      length += (byte & 127) * scale
    }
    offsets[i + 1] = offsets[i] + length + frameBytes
  }
  const fileBytes = readUint64(bytes, 16)
  if (at !== bytes.length || offsets[records] !== fileBytes) throw fail('is damaged: its lengths do not add up')
  return { fileBytes, fingerprint: readUint32(bytes, 32), offsets }
}

/** The numbers of the records that the fingerprint is made of, the first and the last among them. */
export function sampledRecords(records: number): number[] {
  const count = Math.min(16, records)
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.floor((i * (records - 1)) / (count - 1))))
}

function readUint64(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) + readUint32(bytes, at + 4) * 2 ** 32
}

function writeUint64(bytes: Uint8Array, at: number, value: number): void {
  writeUint32(bytes, at, value % 2 ** 32)
  writeUint32(bytes, at + 4, Math.floor(value / 2 ** 32))
}
