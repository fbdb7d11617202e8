/** Finds the features of a serialized tf.train.Example and decodes their lists, by the rules of protobuf. */
import { lowHalf, malformed, WireReader } from './wire.ts'

/** A feature as decodeExample gives it. */
export type DecodedFeature =
  | { readonly kind: 'bytes'; readonly values: Uint8Array[] }
  | { readonly kind: 'float'; readonly values: Float32Array }
  | { readonly kind: 'int64'; readonly values: BigInt64Array }
  | { readonly kind: 'none'; readonly values: never[] }

/** A feature that was found and checked but not decoded yet. */
export interface RawFeature {
  kind: DecodedFeature['kind']
  /** Number of values. */
  count: number
  /** Starts and ends of the list messages, by turns; more than one where a writer split the list. */
  parts: number[]
}

const kinds = ['none', 'bytes', 'float', 'int64'] as const

/** Scratch for short int64 lists. */
const few = new BigInt64Array(8)
const fewHalves = new Int32Array(few.buffer)
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The features of a SequenceExample that were found and checked but not decoded yet. */
export interface RawSequence {
  readonly context: Map<string, RawFeature>
  /** The feature of each step. */
  readonly lists: Map<string, RawFeature[]>
}

/**
 * The features of an Example by name. Every list is checked and counted; unknown fields are passed over. Where a name
 * comes twice the last one counts; where one feature has two kinds the last kind does, and parts of one kind are
 * joined.
 *
 * @throws InvalidArgumentError where the bytes are no Example
 */
export function findFeatures(bytes: Uint8Array): Map<string, RawFeature> {
  const found = new Map<string, RawFeature>()
  const reader = new WireReader(bytes)
  eachMessage(reader, (field) => field === 1 && readFeatures(reader, found))
  return found
}

/** The same for a SequenceExample. */
export function findSequence(bytes: Uint8Array): RawSequence {
  const context = new Map<string, RawFeature>()
  const lists = new Map<string, RawFeature[]>()
  const reader = new WireReader(bytes)
  eachMessage(reader, (field) => {
    if (field === 1) return readFeatures(reader, context)
    if (field !== 2) return false
    eachMessage(reader, (inner) => {
      if (inner !== 1) return false
      const steps: RawFeature[] = []
      const name = readEntry(reader, () => {
        eachMessage(reader, (one) => {
          if (one !== 1) return false
          const feature: RawFeature = { kind: 'none', count: 0, parts: [] }
          readFeature(reader, feature)
          steps.push(feature)
          return true
        })
      })
      lists.set(name, steps)
      return true
    })
    return true
  })
  return { context, lists }
}

/** The values of a feature; byte strings are views on `bytes`. */
export function decodeFeature(bytes: Uint8Array, { kind, count, parts }: RawFeature): DecodedFeature {
  switch (kind) {
    case 'bytes': {
      const values: Uint8Array[] = []
      eachPart(bytes, parts, (reader) => readBytes(reader, values))
      return { kind, values }
    }
    case 'float': {
      const values = new Float32Array(count)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let at = 0
      eachPart(bytes, parts, (reader) => {
        at = readFloats(reader, at, (from) => view.getFloat32(from, true), values)
      })
      return { kind, values }
    }
    case 'int64': {
      // Reaching into the memory of a short array costs more than all else here; a bigint for each value does not.
      if (count > few.length) return { kind, values: int64s(bytes, parts, new BigInt64Array(count)) }
      return { kind, values: int64s(bytes, parts, few).slice(0, count) }
    }
    case 'none':
      return { kind, values: [] }
  }
}

/** The text whose UTF-8 bytes are `bytes[start, end)`; undefined where they are none. */
export function textOf(bytes: Uint8Array, start = 0, end: number = bytes.length): string | undefined {
  // Most names and words are short ASCII, for which one character at a time costs less than a call of the decoder.
  if (end - start <= 24) {
    let text = ''
    let at = start
    for (; at < end && bytes[at] < 0x80; at++) text += String.fromCharCode(bytes[at])
    if (at === end) return text
  }
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

/** Calls `take` with the number of each length-delimited field, the reader inside it; passes over what is not taken. */
function eachMessage(reader: WireReader, take: (field: number) => boolean): void {
  const { end } = reader
  while (reader.at < end) {
    const tag = reader.tag()
    if ((tag & 7) !== 2) {
      reader.skip(tag)
      continue
    }
    const fieldEnd = (reader.end = reader.lengthEnd())
    if (!take(tag >>> 3)) reader.at = fieldEnd
    reader.end = end
  }
}

/** Reads a Features message. */
function readFeatures(reader: WireReader, found: Map<string, RawFeature>): true {
  eachMessage(reader, (inner) => {
    if (inner !== 1) return false
    const feature: RawFeature = { kind: 'none', count: 0, parts: [] }
    const name = readEntry(reader, () => {
      readFeature(reader, feature)
    })
    found.set(name, feature)
    return true
  })
  return true
}

/** Reads an entry of a map; gives its name. */
function readEntry(reader: WireReader, readValue: () => void): string {
  let name = ''
  eachMessage(reader, (field) => {
    if (field === 1) {
      const text = textOf(reader.bytes, reader.at, reader.end)
      if (text === undefined) throw malformed('feature name', reader.at)
      name = text
      return false
    }
    if (field !== 2) return false
    readValue()
    return true
  })
  return name
}

function readFeature(reader: WireReader, feature: RawFeature): void {
  eachMessage(reader, (list) => readPart(reader, list, feature))
}

/** Adds one list message to a feature. */
function readPart(reader: WireReader, list: number, feature: RawFeature): boolean {
  if (list > 3) return false
  const kind = kinds[list]
  if (kind !== feature.kind) {
    feature.kind = kind
    feature.count = 0
    feature.parts = []
  }
  feature.parts.push(reader.at, reader.end)
  if (kind === 'bytes') feature.count = readBytes(reader, undefined, feature.count)
  else if (kind === 'float') feature.count = readFloats(reader, feature.count)
  else feature.count = readInt64s(reader, feature.count)
  return true
}

function int64s(bytes: Uint8Array, parts: readonly number[], values: BigInt64Array): BigInt64Array {
  const halves = values === few ? fewHalves : new Int32Array(values.buffer)
  let at = 0
  eachPart(bytes, parts, (reader) => {
    at = readInt64s(reader, at, halves)
  })
  return values
}

function eachPart(bytes: Uint8Array, parts: readonly number[], read: (reader: WireReader) => void): void {
  const reader = new WireReader(bytes)
  for (let i = 0; i < parts.length; i += 2) read(reader.reset(bytes, parts[i], parts[i + 1]))
}

/** Reads a BytesList to its end, into `values` if given; gives the number of values, those before included. */
function readBytes(reader: WireReader, values?: Uint8Array[], before = 0): number {
  let count = before
  eachMessage(reader, (field) => {
    if (field !== 1) return false
    values?.push(reader.bytes.subarray(reader.at, reader.end))
    count++
    return false
  })
  return count
}

/** The same for a FloatList; `load` gives the float at an offset. */
function readFloats(
  reader: WireReader,
  before: number,
  load?: (from: number) => number,
  values?: Float32Array,
): number {
  let count = before
  const one = (): void => {
    const from = reader.pass(4)
    if (load !== undefined && values !== undefined) values[count] = load(from)
    count++
  }
  while (reader.at < reader.end) {
    const tag = reader.tag()
    if (tag === 0x0d) one()
    else if (tag === 0x0a) {
      const packedEnd = reader.lengthEnd()
      if ((packedEnd - reader.at) % 4 !== 0) throw malformed('packed list of floats', reader.at)
      while (reader.at < packedEnd) one()
    } else reader.skip(tag)
  }
  return count
}

/** The same for an Int64List; `halves` is over 64-bit values. */
function readInt64s(reader: WireReader, before: number, halves?: Int32Array): number {
  const { end } = reader
  let count = before
  const one = (): void => {
    if (!reader.varint()) throw malformed('varint', reader.at)
    if (halves !== undefined) {
      halves[2 * count + lowHalf] = reader.low
      halves[2 * count + 1 - lowHalf] = reader.high
    }
    count++
  }
  while (reader.at < end) {
    const tag = reader.tag()
    if (tag === 0x08) one()
    else if (tag === 0x0a) {
      reader.end = reader.lengthEnd()
      while (reader.at < reader.end) one()
      reader.end = end
    } else reader.skip(tag)
  }
  return count
}
