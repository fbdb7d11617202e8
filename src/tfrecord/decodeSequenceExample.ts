import { decodeFeature, findSequence, type DecodedFeature } from './rawFeature.ts'

/** A SequenceExample as decodeSequenceExample gives it. */
export interface DecodedSequenceExample {
  /** The features of the whole sequence, by name. */
  readonly context: Record<string, DecodedFeature | undefined>
  /** The feature of each step, by name. */
  readonly sequence: Record<string, DecodedFeature[] | undefined>
}

/**
 * Decodes a serialized tf.train.SequenceExample, by the rules of decodeExample.
 *
 * @param bytes one record; byte strings of the result are views on it
 * @returns objects without a prototype, so that any name is safe; encodeSequenceExample takes them back
 * @throws InvalidArgumentError where the bytes are no SequenceExample
 *
 * @example
 * const record = encodeSequenceExample({ context: { id: 1 }, sequence: { words: ['a', 'b'] } })
 * decodeSequenceExample(record).sequence.words?.length // 2
 */
export function decodeSequenceExample(bytes: Uint8Array): DecodedSequenceExample {
  const { context, lists } = findSequence(bytes)
  const decoded: DecodedSequenceExample = {
    context: Object.create(null) as DecodedSequenceExample['context'],
    sequence: Object.create(null) as DecodedSequenceExample['sequence'],
  }
  for (const [name, raw] of context) decoded.context[name] = decodeFeature(bytes, raw)
  for (const [name, steps] of lists) decoded.sequence[name] = steps.map((raw) => decodeFeature(bytes, raw))
  return decoded
}
