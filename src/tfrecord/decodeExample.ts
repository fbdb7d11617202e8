import { decodeFeature, findFeatures, type DecodedFeature } from './rawFeature.ts'

/**
 * Decodes a serialized tf.train.Example into its features by name. For records whose features are known, a parser
 * (`compileParser`) is several times faster.
 *
 * Lists may be packed or not, fields in any order, and unknown ones are passed over; where a name comes twice the last
 * one counts. A feature in which no kind was set is of kind `none`.
 *
 * @param bytes one record; byte strings of the result are views on it
 * @returns an object without a prototype, so that any name is safe: bytes lists as `Uint8Array[]`, float lists as
 *   Float32Array, int64 lists as BigInt64Array. encodeExample takes it back.
 * @throws InvalidArgumentError where the bytes are no Example
 *
 * @example
 * const { label } = decodeExample(record)
 * if (label?.kind === 'int64') console.log(label.values[0]) // 3n
 */
export function decodeExample(bytes: Uint8Array): Record<string, DecodedFeature | undefined> {
  const features = Object.create(null) as Record<string, DecodedFeature | undefined>
  for (const [name, raw] of findFeatures(bytes)) features[name] = decodeFeature(bytes, raw)
  return features
}
