import type { KeyTable } from './keyTable.ts'
import type { ListReaders } from './listReaders.ts'
import { WireReader } from './wire.ts'

const reader = new WireReader(new Uint8Array(0))

/**
 * Reads an Example in the form that every writer uses (one field after the other, each once); false where it has
 * another form, a feature is missing, or anything is wrong with it.
 *
 * @param values takes the value of each name; what is there before stands for a feature that the record lacks
 */
export function readPlain(
  bytes: Uint8Array,
  table: KeyTable,
  readers: readonly ListReaders[],
  values: unknown[],
): boolean {
  const end = bytes.length
  reader.reset(bytes, 0, end)
  if (!entersLast(0x0a, end)) return false
  while (reader.at < end) {
    if (bytes[reader.at++] !== 0x0a) return false
    const entry = reader.length()
    const entryEnd = reader.at + entry
    if (entry < 0 || bytes[reader.at++] !== 0x0a) return false
    const keyBytes = reader.length()
    const key = reader.at
    if (keyBytes < 0 || key + keyBytes >= entryEnd) return false
    reader.at = key + keyBytes
    if (!entersLast(0x12, entryEnd)) return false
    const position = table.find(bytes, key, key + keyBytes)
    if (position >= 0) {
      const kind = bytes[reader.at]
      const { bytes: asBytes, float, int64 } = readers[position]
      const read = kind === 0x0a ? asBytes : kind === 0x1a ? int64 : kind === 0x12 ? float : undefined
      if (read === undefined || !entersLast(kind, entryEnd)) return false
      const value = read(bytes, reader.at, entryEnd)
      if (value === undefined) return false
      values[position] = value
    }
    reader.at = entryEnd
  }
  return !values.includes(undefined)
}

/** Goes into the length-delimited field at the reader, if it has this tag and ends where its message does. */
function entersLast(tag: number, end: number): boolean {
  if (reader.at >= end || reader.bytes[reader.at++] !== tag) return false
  return reader.length() === end - reader.at
}
