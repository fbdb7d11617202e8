import { checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { describe } from '../ndarray/ndarray.ts'
import { toFeature, type Feature, type FeatureInput } from './feature.ts'
import { listBytes, writeList } from './featureList.ts'
import { longestRecordBytes } from '../records/framing.ts'
import { varintBytes, writeVarint } from './wire.ts'

/** The features of one Example by name. */
export type FeaturesInput = Readonly<Record<string, FeatureInput>>

/** The map entry of one feature, as it was in the record before: lists mostly are as long again. */
interface Entry {
  readonly name: string
  readonly key: Uint8Array
  kind: Feature['kind']
  /** Bytes of the list. */
  list: number
  /** All bytes of the entry that come before those of the list, `headBytes` many. */
  readonly head: Uint8Array
  headBytes: number
}

/**
 * Serializes Examples into a buffer of the caller's, in two steps so that the buffer can be made just long enough:
 * `measure` the Example, then `write` the one measured last. Data is copied once, into that buffer.
 *
 * Records of a file mostly have the same names, and lists of the same length: what lies before each list is kept.
 */
export class ExampleEncoder {
  #names: readonly string[] = []
  #entries: readonly Entry[] = []
  /** What `measure` found, for `write`. */
  #features: Feature[] = []
  #featuresBytes = 0
  readonly #numberKinds: Map<string, 'float' | 'int64'> | undefined

  /** @param options.keepKinds whether plain numbers keep the kind they had in the first record that had them */
  constructor(options: { readonly keepKinds?: boolean } = {}) {
    checkOptions('ExampleEncoder', options, ['keepKinds'])
    this.#numberKinds = options.keepKinds === true ? new Map() : undefined
  }

  /** Bytes of the Example; the next `write` writes it. */
  measure(input: FeaturesInput): number {
    this.#useNames(input)
    const entries = this.#entries
    const features = this.#features
    let total = 0
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]
      const feature = this.#featureOf(entry.name, input[entry.name])
      const list = listBytes(entry.name, feature)
      if (list !== entry.list || feature.kind !== entry.kind) renew(entry, feature.kind, list)
      features[i] = feature
      total += entry.headBytes + list
    }
    if (field(total) > longestRecordBytes) {
      throw new InvalidArgumentError(
        `an Example of ${field(total)} bytes is longer than the 2^31 - 1 that are allowed.`,
      )
    }
    this.#featuresBytes = total
    return field(total)
  }

  /** Writes the Example measured last at `at`, where there is room for it; gives where it ends. */
  write(into: Uint8Array, at: number): number {
    const entries = this.#entries
    at = header(into, at, 0x0a, this.#featuresBytes)
    for (let i = 0; i < entries.length; i++) {
      const { head, headBytes, list } = entries[i]
      for (let byte = 0; byte < headBytes; byte++) into[at + byte] = head[byte]
      at = writeList(this.#features[i], into, at + headBytes, list)
    }
    return at
  }

  /** The feature of a value; for plain numbers, of the kind that the name had before. */
  #featureOf(name: string, value: FeatureInput): Feature {
    const kinds = this.#numberKinds
    if (kinds === undefined || !holdsNumbers(value)) return toFeature(name, value)
    const known = kinds.get(name)
    const feature = toFeature(name, value, known)
    if (known === undefined && (feature.kind === 'float' || feature.kind === 'int64')) kinds.set(name, feature.kind)
    return feature
  }

  #useNames(input: FeaturesInput): void {
    if (!isRecord(input)) {
      throw new InvalidArgumentError(`an Example is made of an object of features, got ${describe(input)}.`)
    }
    const names = Object.keys(input)
    if (sameNames(names, this.#names)) return
    this.#entries = names.map(newEntry).sort((a, b) => compareKeys(a.key, b.key))
    this.#names = names
    this.#features = []
  }
}

function sameNames(names: readonly string[], known: readonly string[]): boolean {
  if (names.length !== known.length) return false
  for (let i = 0; i < names.length; i++) if (names[i] !== known[i]) return false
  return true
}

function newEntry(name: string): Entry {
  const key = keyBytes(name)
  // Room for four tags and lengths.
  return { name, key, kind: 'none', list: -1, head: new Uint8Array(key.length + 4 * 6), headBytes: 0 }
}

/** Makes the head of an entry anew, for a list of so many bytes. */
function renew(entry: Entry, kind: Feature['kind'], list: number): void {
  const { key, head } = entry
  const feature = kind === 'none' ? 0 : field(list)
  let at = header(head, 0, 0x0a, field(key.length) + field(feature))
  at = header(head, at, 0x0a, key.length)
  head.set(key, at)
  at = header(head, at + key.length, 0x12, feature)
  if (kind !== 'none') at = header(head, at, kind === 'bytes' ? 0x0a : kind === 'float' ? 0x12 : 0x1a, list)
  entry.kind = kind
  entry.list = list
  entry.headBytes = at
}

function isRecord(input: unknown): boolean {
  return typeof input === 'object' && input !== null && !ArrayBuffer.isView(input) && !Array.isArray(input)
}

function holdsNumbers(value: FeatureInput): boolean {
  return typeof value === 'number' || (Array.isArray(value) && typeof value[0] === 'number')
}

/** Bytes of a length-delimited field with a tag of one byte. */
export function field(length: number): number {
  return 1 + varintBytes(length, 0) + length
}

/** Writes a tag of one byte and a length; gives where they end. */
export function header(into: Uint8Array, at: number, tag: number, length: number): number {
  into[at] = tag
  if (length > 0x7f) return writeVarint(into, at + 1, length, 0)
  into[at + 1] = length
  return at + 2
}

/** The order in which protobuf's Python runtime writes keys. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length)
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return a[i] - b[i]
  return b.length - a.length
}

/** The UTF-8 bytes of a name. */
export function keyBytes(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name)
  if (new TextDecoder().decode(bytes) === name || name.startsWith('\ufeff')) return bytes
  throw new InvalidArgumentError(`feature name ${JSON.stringify(name)} is not valid Unicode text.`)
}
