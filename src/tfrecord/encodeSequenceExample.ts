import { InvalidArgumentError } from '../core/errors.ts'
import { describe } from '../ndarray/ndarray.ts'
import { longestRecordBytes } from '../records/framing.ts'
import { encodeExample } from './encodeExample.ts'
import { compareKeys, field, header, keyBytes, type FeaturesInput } from './exampleEncoder.ts'
import { toFeature, type FeatureInput } from './feature.ts'
import { listBytes, writeList } from './featureList.ts'

/** What a SequenceExample is made of. */
export interface SequenceExampleInput {
  /** The features of the whole sequence, by name; none by default. */
  readonly context?: FeaturesInput
  /** The feature of each step, by name; none by default. */
  readonly sequence?: Readonly<Record<string, readonly FeatureInput[]>>
}

/**
 * Serializes a tf.train.SequenceExample. Keys are ordered as encodeExample orders them.
 *
 * @param input the features by name; toFeature says which kind each value becomes. Plain numbers of one list become
 *   int64 where all of them are whole, in every step, else float.
 * @returns the bytes of one record
 * @throws InvalidArgumentError naming the feature whose value cannot be stored
 *
 * @example
 * const record = encodeSequenceExample({ context: { id: 1 }, sequence: { words: [['a', 'b'], ['c']] } })
 * Object.keys(decodeSequenceExample(record).sequence) // ['words']
 */
export function encodeSequenceExample({ context = {}, sequence = {} }: SequenceExampleInput): Uint8Array {
  const lists = Object.entries(sequence)
    .map(([name, steps]) => ({ key: keyBytes(name), list: encodeList(name, steps) }))
    .sort((a, b) => compareKeys(a.key, b.key))
  const entries = lists.map(({ key, list }) => field(key.length) + field(list.length))
  const listsLength = entries.reduce((sum, entry) => sum + field(entry), 0)
  const first = Object.keys(context).length === 0 ? new Uint8Array(0) : encodeExample(context)
  const length = first.length + (lists.length === 0 ? 0 : field(listsLength))
  if (length > longestRecordBytes) {
    throw new InvalidArgumentError(`a SequenceExample of ${length} bytes is longer than the 2^31 - 1 that are allowed.`)
  }
  const bytes = new Uint8Array(length)
  // A SequenceExample begins as an Example does: its field 1 is the features of the context.
  bytes.set(first)
  if (lists.length === 0) return bytes
  let at = header(bytes, first.length, 0x12, listsLength)
  lists.forEach(({ key, list }, i) => {
    at = header(bytes, at, 0x0a, entries[i])
    at = header(bytes, at, 0x0a, key.length)
    bytes.set(key, at)
    at = header(bytes, at + key.length, 0x12, list.length)
    bytes.set(list, at)
    at += list.length
  })
  return bytes
}

/** A FeatureList. */
function encodeList(name: string, steps: readonly FeatureInput[]): Uint8Array {
  if (!Array.isArray(steps)) {
    throw new InvalidArgumentError(`feature list ${JSON.stringify(name)} is an array of steps, got ${describe(steps)}.`)
  }
  const kind = numberKind(steps)
  const features = steps.map((step) => toFeature(name, step as FeatureInput, kind))
  const sizes = features.map((feature) => listBytes(name, feature))
  const bodies = features.map((feature, i) => (feature.kind === 'none' ? 0 : field(sizes[i])))
  const list = new Uint8Array(bodies.reduce((sum, body) => sum + field(body), 0))
  let at = 0
  features.forEach((feature, i) => {
    at = header(list, at, 0x0a, bodies[i])
    if (feature.kind === 'none') return
    at = header(list, at, feature.kind === 'bytes' ? 0x0a : feature.kind === 'float' ? 0x12 : 0x1a, sizes[i])
    at = writeList(feature, list, at, sizes[i])
  })
  return list
}

/** The kind of plain numbers in a list: float where one of them is a fraction. */
function numberKind(steps: readonly unknown[]): 'float' | 'int64' {
  const whole = (value: unknown): boolean => typeof value !== 'number' || Number.isInteger(value)
  return steps.every((step) => (Array.isArray(step) ? step.every(whole) : whole(step))) ? 'int64' : 'float'
}
