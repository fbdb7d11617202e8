import { WireReader } from './wire.ts'

const reader = new WireReader(new Uint8Array(0))

/**
 * Where the content begins of the length-delimited field at `at`, if it has this tag of one byte and reaches to `end`,
 * where its message ends; else -1. Nothing is stored but for lengths of more than two bytes: for a short field that would
 * take longer than to read it.
 */
export function lastContent(bytes: Uint8Array, at: number, end: number, tag: number): number {
  if (at + 1 >= end || bytes[at] !== tag) return -1
  const first = bytes[at + 1]
  if (first < 0x80) return first === end - at - 2 ? at + 2 : -1
  if (at + 2 < end && bytes[at + 2] < 0x80) {
    return first - 0x80 + (bytes[at + 2] << 7) === end - at - 3 ? at + 3 : -1
  }
  reader.reset(bytes, at + 1, end)
  return reader.length() === end - reader.at ? reader.at : -1
}
