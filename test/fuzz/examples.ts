import { InvalidArgumentError } from '../../src/core/errors.ts'
import {
  bytesFeature,
  compileBatchParser,
  compileParser,
  compileSequenceParser,
  decodeExample,
  decodeSequenceExample,
  encodeExample,
  encodeSequenceExample,
  FixedLenFeature,
  FixedLenSequenceFeature,
  floatFeature,
  RaggedFeature,
  SparseFeature,
  VarLenFeature,
} from '../../src/tfrecord/index.ts'
import { mutate, Random } from './mutate.ts'
import type { Outcomes } from './outcomes.ts'

const features = {
  label: FixedLenFeature([], 'int32'),
  wide: FixedLenFeature([2], 'int64', { defaultValue: [1n, 2n] }),
  image: FixedLenFeature([2, 2], 'uint8', { defaultValue: 0 }),
  weight: FixedLenFeature([], 'float32', { defaultValue: 0 }),
  name: FixedLenFeature([], 'string', { defaultValue: '' }),
  steps: FixedLenSequenceFeature([2], 'float32', { allowMissing: true }),
  words: VarLenFeature('string'),
  at: SparseFeature(['row'], 'weights', 'float32', [1000]),
  parts: RaggedFeature('int64', { valueKey: 'pieces', partitions: [{ by: 'rowSplits', key: 'splits' }] }),
}
const context = { label: FixedLenFeature([], 'int32') }
const sequence = { steps: FixedLenSequenceFeature([], 'float32'), words: VarLenFeature('bytes') }

const originals = [
  encodeExample({ label: 3, wide: [2n ** 60n, -1n], image: Uint8Array.of(1, 2, 3, 4), weight: floatFeature(0.5) }),
  encodeExample({ label: 300, name: 'é', steps: floatFeature([1, 2, 3, 4]), words: ['a', 'bc'], other: [1, 2] }),
  encodeExample({ label: 0, row: [1, 900], weights: floatFeature([1, 2]), pieces: [5, 6], splits: [0, 1, 2] }),
  encodeExample({}),
  encodeSequenceExample({
    context: { label: 1 },
    sequence: { steps: [floatFeature(1), floatFeature(2)], words: [['a'], bytesFeature([])] },
  }),
]

const parsers: readonly (readonly [string, (bytes: Uint8Array) => unknown])[] = [
  ['decodeExample', decodeExample],
  ['decodeSequenceExample', decodeSequenceExample],
  ['parseExample', compileParser(features)],
  ['parseExample of a batch', batchOf(compileBatchParser(features))],
  ['parseSequenceExample', compileSequenceParser({ context, sequence })],
]

/**
 * Parses mutated messages in every way there is. Only InvalidArgumentError may come out, one by one and in a batch alike.
 */
export function fuzzExamples(inputs: number, seed: number, outcomes: Outcomes): void {
  const random = new Random(seed)
  for (let i = 0; i < inputs; i++) {
    const bytes = mutate(random.pick(originals), random)
    const failed: string[] = []
    for (const [name, parse] of parsers) {
      try {
        parse(bytes)
        outcomes.count(`${name}: parsed`)
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw outcomes.failure(name, i, bytes, error)
        failed.push(name)
        outcomes.count(`${name}: InvalidArgumentError`)
      }
    }
    if (failed.includes('parseExample') !== failed.includes('parseExample of a batch')) {
      throw outcomes.failure('parseExample', i, bytes, 'one by one and in a batch differ')
    }
  }
}

function batchOf(parse: (records: readonly Uint8Array[]) => unknown): (bytes: Uint8Array) => unknown {
  const whole = originals[0]
  return (bytes) => parse([whole, bytes])
}
