import { createRequire } from 'node:module'
import type * as protobuf from 'protobufjs/light.js'

const features: protobuf.IMapField = { keyType: 'string', type: 'Feature', id: 1 }
const featureLists: protobuf.IMapField = { keyType: 'string', type: 'FeatureList', id: 1 }

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
        FeatureList: { fields: { feature: { rule: 'repeated', type: 'Feature', id: 1 } } },
        FeatureLists: { fields: { featureList: featureLists } },
        SequenceExample: {
          fields: { context: { type: 'Features', id: 1 }, featureLists: { type: 'FeatureLists', id: 2 } },
        },
      },
    },
  },
}

let root: protobuf.Root | undefined

/**
 * The protobufjs type of tf.train.Example, for schemas of your own that hold Examples and for tools that read them by
 * reflection; `encodeExample` and `decodeExample` do without it. protobufjs is loaded at the first call.
 *
 * @returns the type `tensorflow.Example`; `.root` has Features, Feature, BytesList, FloatList and Int64List beside it
 *
 * @example
 * exampleSchema().fullName // '.tensorflow.Example'
 */
export function exampleSchema(): protobuf.Type {
  return lookUp('tensorflow.Example')
}

/**
 * The same for tf.train.SequenceExample; `.root` has FeatureLists and FeatureList too.
 *
 * @example
 * Object.keys(sequenceExampleSchema().fields) // ['context', 'featureLists']
 */
export function sequenceExampleSchema(): protobuf.Type {
  return lookUp('tensorflow.SequenceExample')
}

function lookUp(name: string): protobuf.Type {
  if (root === undefined) {
    const { Root } = createRequire(import.meta.url)('protobufjs/light.js') as typeof protobuf
    root = Root.fromJSON(descriptor)
  }
  return root.lookupType(name)
}
