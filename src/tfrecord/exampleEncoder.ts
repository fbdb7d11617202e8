import { checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { describe } from '../ndarray/ndarray.ts'
import { toFeature, type Feature, type FeatureInput } from './feature.ts'
import { listBytes, writeList } from './featureList.ts'
import { longestRecordBytes } from '../records/framing.ts'
import { varintBytes, writeVarint } from './wire.ts'

/** The features of one Example by name. */
export type FeaturesInput = Readonly<Record<string, FeatureInput>>

/** A feature name as bytes, and its position among the names as the caller lists them. */
interface Key {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Serializes Examples into a buffer of the caller's, in two steps so that the buffer can be made just long enough:
 * `measure` the Example, then `write` the one measured last. Data is copied once, into that buffer.
 *
 * Records of a file mostly have the same names: their order and bytes are kept from one to the next.
 */
export class ExampleEncoder {
  #names: readonly string[] = []
  #keys: readonly Key[] = []
  #features: Feature[] = []
  /** Bytes of each list, and of the map entry that holds it, from `measure` to `write`. */
  #lists: number[] = []
  #entries: number[] = []
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
    const [keys, features, lists, entries] = [this.#keys, this.#features, this.#lists, this.#entries]
    let total = 0
    for (let i = 0; i < keys.length; i++) {
      const { name, bytes } = keys[i]
      const feature = this.#featureOf(name, input[name])
      const list = listBytes(name, feature)
      const body = feature.kind === 'none' ? 0 : field(list)
      const entry = field(bytes.length) + field(body)
      features[i] = feature
      lists[i] = list
      entries[i] = entry
      total += field(entry)
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
    const [keys, features, lists, entries] = [this.#keys, this.#features, this.#lists, this.#entries]
    at = header(into, at, 0x0a, this.#featuresBytes)
    for (let i = 0; i < keys.length; i++) {
      const { bytes } = keys[i]
      const feature = features[i]
      at = header(into, at, 0x0a, entries[i])
      at = header(into, at, 0x0a, bytes.length)
      into.set(bytes, at)
      at += bytes.length
      if (feature.kind === 'none') {
        at = header(into, at, 0x12, 0)
        continue
      }
      at = header(into, at, 0x12, field(lists[i]))
      at = header(into, at, feature.kind === 'bytes' ? 0x0a : feature.kind === 'float' ? 0x12 : 0x1a, lists[i])
      at = writeList(feature, into, at, lists[i])
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
    const known = this.#names
    if (names.length === known.length && names.every((name, i) => name === known[i])) return
    this.#keys = names.map((name) => ({ name, bytes: keyBytes(name) })).sort((a, b) => compareKeys(a.bytes, b.bytes))
    this.#names = names
    this.#features = []
  }
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
  return writeVarint(into, at + 1, length, 0)
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
