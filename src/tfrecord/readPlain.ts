import type { KeyTable } from './keyTable.ts'
import { lastContent } from './lastContent.ts'
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
  let at = lastContent(bytes, 0, end, 0x0a)
  if (at < 0) return false
  while (at < end) {
    // A map entry: 0x0a, its length, 0x0a, the key's length, the key, and the feature up to its end.
    if (bytes[at] !== 0x0a) return false
    let entry = at + 2
    let length = bytes[at + 1]
    if (!(length < 0x80)) {
      reader.reset(bytes, at + 1, end)
      length = reader.length()
      entry = reader.at
    }
    const entryEnd = entry + length
    if (length < 0 || !(entryEnd <= end) || bytes[entry] !== 0x0a) return false
    let key = entry + 2
    length = bytes[entry + 1]
    if (!(length < 0x80)) {
      reader.reset(bytes, entry + 1, end)
      length = reader.length()
      key = reader.at
    }
    const keyEnd = key + length
    if (length < 0 || !(keyEnd < entryEnd)) return false
    const feature = lastContent(bytes, keyEnd, entryEnd, 0x12)
    if (feature < 0) return false
    const position = table.find(bytes, key, keyEnd)
    if (position >= 0) {
      const kind = bytes[feature]
      const { bytes: asBytes, float, int64 } = readers[position]
      const read = kind === 0x0a ? asBytes : kind === 0x1a ? int64 : kind === 0x12 ? float : undefined
      if (read === undefined) return false
      const list = lastContent(bytes, feature, entryEnd, kind)
      if (list < 0) return false
      const value = read(bytes, list, entryEnd)
      if (value === undefined) return false
      values[position] = value
    }
    at = entryEnd
  }
  for (let i = 0; i < values.length; i++) if (values[i] === undefined) return false
  return true
}
