import { createRequire } from 'node:module'
import type * as protobuf from 'protobufjs/light.js'

const features: protobuf.IMapField = { keyType: 'string', type: 'Feature', id: 1 }

/** tensorflow/core/example/{example,feature}.proto, as protobufjs describes a schema in JSON. */
const descriptor: protobuf.INamespace = {
  nested: {
    tensorflow: {
      nested: {
        BytesList: { fields: { value: { rule: 'repeated', type: 'bytes', id: 1 } } },
        FloatList: { fields: { value: { rule: 'repeated', type: 'float', id: 1, options: { packed: true } } } },
        Int64List: { fields: { value: { rule: 'repeated', type: 'int64', id: 1, options: { packed: true } } } },
        Feature: {
          oneofs: { kind: { oneof: ['bytesList', 'floatList', 'int64List'] } },
          fields: {
            bytesList: { type: 'BytesList', id: 1 },
            floatList: { type: 'FloatList', id: 2 },
            int64List: { type: 'Int64List', id: 3 },
          },
        },
        Features: { fields: { feature: features } },
        Example: { fields: { features: { type: 'Features', id: 1 } } },
      },
    },
  },
}

let example: protobuf.Type | undefined

/**
 * The protobufjs type of tf.train.Example, for schemas of your own that hold Examples and for tools that read them by
 * reflection; `encodeExample` and `decodeExample` do without it. protobufjs is loaded at the first call.
 *
 * @returns the type `tensorflow.Example`; `.root` has Features, Feature, BytesList, FloatList and Int64List beside it
 *
 * @example
 * exampleSchema().decode(record).toJSON()
 */
export function exampleSchema(): protobuf.Type {
  if (example === undefined) {
    const { Root } = createRequire(import.meta.url)('protobufjs/light.js') as typeof protobuf
    example = Root.fromJSON(descriptor).lookupType('tensorflow.Example')
  }
  return example
}
