import { ExampleEncoder, type FeaturesInput } from './exampleEncoder.ts'

const encoder = new ExampleEncoder()

/**
 * Serializes a tf.train.Example.
 *
 * The bytes equal those of Python's `SerializeToString(deterministic=True)` (protobuf 7, TensorFlow 2.21), whatever the
 * order of the keys: by their UTF-8 bytes, and a key after those that it begins (`ab`, `a`). Without `deterministic`
 * Python orders them by a hash that differs from one process to the next.
 *
 * @param features the features by name; toFeature says which kind each value becomes
 * @returns the bytes of one record
 * @throws InvalidArgumentError naming the feature whose value cannot be stored
 *
 * @example
 * encodeExample({ image: pixels, label: 3, weight: floatFeature(1), words: ['a', 'b'] })
 */
export function encodeExample(features: FeaturesInput): Uint8Array {
  const bytes = new Uint8Array(encoder.measure(features))
  encoder.write(bytes, 0)
  return bytes
}
