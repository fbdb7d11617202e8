import type { ErrorContext } from '../core/errors.ts'
import { checkedParse } from './checkedParse.ts'
import type { Features, Parsed } from './features.ts'
import { KeyTable } from './keyTable.ts'
import { listReaders, type ListReaders } from './listReaders.ts'
import { WireReader } from './wire.ts'

/** Parses one record; `where` gives its place and is called only to make an error. */
export type ExampleParser<F extends Features> = (bytes: Uint8Array, where?: () => ErrorContext) => Parsed<F>

const parsers = new WeakMap<Features, ExampleParser<Features>>()
const reader = new WireReader(new Uint8Array(0))

/**
 * Parses one serialized tf.train.Example (`tf.io.parse_single_example`).
 *
 * @param bytes the record
 * @param features what to read from it; the parser made for this object is kept, so use one object for all records
 * @param where gives file, record and byte offset for the error, if one is thrown
 * @returns an object with each feature: a plain scalar for shape [], an NdArray for others
 * @throws InvalidArgumentError where the bytes are no Example, or a feature is missing without a default, of another
 *   kind, or has another number of values. An empty list is such an error even with a default, as in TensorFlow; a
 *   feature in which no kind is set takes the default.
 *
 * @example
 * const { image, label } = parseExample(record, {
 *   image: FixedLenFeature([28, 28, 1], 'uint8'), // NdArray<'uint8'>
 *   label: FixedLenFeature([], 'int32'), // number
 * })
 */
export function parseExample<F extends Features>(
  bytes: Uint8Array,
  features: F,
  where?: () => ErrorContext,
): Parsed<F> {
  let parser = parsers.get(features)
  if (parser === undefined) parsers.set(features, (parser = compileParser<Features>(features)))
  return parser(bytes, where) as Parsed<F>
}

/**
 * Makes the parser for these features, for many records. It goes over a record once, from its bytes straight to the
 * values, and does not look into features that were not asked for; see parseExample for what it gives and throws.
 */
export function compileParser<F extends Features>(features: F): ExampleParser<F> {
  const names = Object.keys(features)
  const table = new KeyTable(names)
  const readers = names.map((name) => listReaders(features[name]))
  const defaults: readonly unknown[] = names.map((name) => features[name].defaultValue)
  // Copying an object that has all names already keeps one hidden class, and takes any name, __proto__ included.
  const template = Object.fromEntries(names.map((name) => [name, undefined])) as Record<string, unknown>
  return (bytes, where) => {
    let values: readonly unknown[] = defaults.slice()
    if (!readPlain(bytes, table, readers, values as unknown[])) values = checkedParse(bytes, features, where)
    const element = { ...template }
    for (let i = 0; i < names.length; i++) element[names[i]] = values[i]
    return element as Parsed<F>
  }
}

/**
 * Reads an Example in the form that every writer uses (one field after the other, each once); false where it has
 * another form, a feature is missing, or anything is wrong with it.
 */
function readPlain(bytes: Uint8Array, table: KeyTable, readers: readonly ListReaders[], values: unknown[]): boolean {
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
