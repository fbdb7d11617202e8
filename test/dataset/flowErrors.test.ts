import { describe, expect, it } from 'vitest'
import { InvalidArgumentError, messageOf } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { workerFn } from '../../src/parallel/workerFunction.ts'

/** The class as a caller without types sees it: anything can be handed over. */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
const statics = Dataset as unknown as Loose
const d = () => Dataset.range(3) as unknown as Loose
const unknown = (length: number) => Dataset.range(length).filter(() => true)

const worker = workerFn(new URL('../../src/core/checks.ts', import.meta.url), 'checkCount')

const whenBuilt: readonly (readonly [message: string, call: () => unknown])[] = [
  ['takeWhile: predicate must be a function, got 3.', () => d().takeWhile(3)],
  ['map: options must be an object, got null.', () => d().map((x: unknown) => x, null)],
  ['map: options must be an object, got 3.', () => d().map((x: unknown) => x, 3)],
  [
    'shuffle: a buffer of all elements never fills, for the input has no end. Shuffle before repeat, or give bufferSize as a number.',
    () => (d().repeat() as Loose).shuffle(Infinity),
  ],
  ['fromWorkers: workers must be at most 1024, got 2000.', () => statics.fromWorkers(worker, { workers: 2000 })],
  ['map: workers must be at most 1024, got 2000.', () => d().map(worker, { workers: 2000 })],
  [
    'textLines: chunkBytes must be at most 1073741824, got 1099511627776.',
    () => statics.textLines('a', { chunkBytes: 2 ** 40 }),
  ],
  ['shard: numShards must be a whole number of at least 1, got 0.', () => d().shard(0, 0)],
  ['shard: numShards must be a whole number of at least 1, got undefined.', () => d().shard()],
  ['shard: index must be a whole number of at least 0, got -1.', () => d().shard(2, -1)],
  ['shard: index must be a whole number of at least 0, got 0.5.', () => d().shard(2, 0.5)],
  ['shard: index must be less than numShards, which is 2, got 2.', () => d().shard(2, 2)],
  [
    'assertCardinality: cardinality must be a whole number of at least 0, or Infinity, got -1.',
    () => d().assertCardinality(-1),
  ],
  ['assertCardinality: the input has 3 elements, not 2.', () => d().assertCardinality(2)],
  [
    'assertCardinality: the input has Infinity elements, not 2.',
    () => (statics.counter() as Loose).assertCardinality(2),
  ],
  [
    'assertCardinality: the input has 1 element, not Infinity.',
    () => (d().take(1) as Loose).assertCardinality(Infinity),
  ],
  ['flatMap: fn must be a function, got undefined.', () => d().flatMap()],
  [
    'flatMap: there is no option cycleLength. It takes outputSignature.',
    () => d().flatMap(() => d(), { cycleLength: 2 }),
  ],
  ['interleave: fn must be a function, got an object.', () => d().interleave(d())],
  [
    'interleave: there is no option cycle_length. It takes cycleLength, blockLength, numParallelCalls, deterministic, reorderWindow, outputSignature.',
    () => d().interleave(() => d(), { cycle_length: 2 }),
  ],
  ...['cycleLength', 'blockLength', 'reorderWindow', 'numParallelCalls'].flatMap((name) =>
    [0, -2, 1.5, Infinity].map(
      (value) =>
        [
          `interleave: ${name} must be a whole number of at least 1${name === 'numParallelCalls' ? ', or AUTOTUNE' : ''}, got ${value}.`,
          () => d().interleave(() => d(), { [name]: value }),
        ] as const,
    ),
  ),
  [
    'interleave: deterministic must be true or false, got "yes".',
    () => d().interleave(() => d(), { deterministic: 'yes', cycleLength: 2 }),
  ],
  ...['window', 'slidingBatch'].flatMap((name) => [
    [`${name}: size must be a whole number of at least 1, got 0.`, () => d()[name](0)] as const,
    [`${name}: size must be a whole number of at least 1, got Infinity.`, () => d()[name](Infinity)] as const,
    [`${name}: shift must be a whole number of at least 1, got 0.`, () => d()[name](2, { shift: 0 })] as const,
    [`${name}: stride must be a whole number of at least 1, got -1.`, () => d()[name](2, { stride: -1 })] as const,
    [`${name}: dropRemainder must be true or false, got 0.`, () => d()[name](2, { dropRemainder: 0 })] as const,
    [
      `${name}: there is no option step. It takes shift, stride, dropRemainder.`,
      () => d()[name](2, { step: 1 }),
    ] as const,
  ]),
  ['scan: fn must be a function, got undefined.', () => d().scan(0)],
  [
    'scan: initialState: the element is undefined, which an element cannot hold. It holds plain objects and arrays of numbers, bigints, booleans, strings, Uint8Arrays and NdArrays.',
    () => d().scan(undefined, () => 0),
  ],
  ['scan: there is no option seed. It takes outputSignature.', () => d().scan(0, () => 0, { seed: 1 })],
  ['unique: key must be a function, got "id".', () => d().unique({ key: 'id' })],
  ['unique: there is no option by. It takes key.', () => d().unique({ by: 1 })],
  ['rebatch: batchSize must be a whole number of at least 1, got 0.', () => (d().batch(2) as Loose).rebatch(0)],
  ['rebatch: batchSize must be a number, or a list of at least one, got an array.', () => d().rebatch([])],
  ['rebatch: batchSize[1] must be a whole number of at least 1, got -1.', () => d().rebatch([2, -1])],
  ['rebatch: the tensor is a scalar, which has no rows.', () => d().rebatch(2)],
  ['rebatch: dropRemainder must be true or false, got 1.', () => d().rebatch(2, { dropRemainder: 1 })],
  ['rebatch: there is no option drop. It takes dropRemainder.', () => d().rebatch(2, { drop: true })],
  ['counter: start must be a whole number, got "1".', () => statics.counter('1')],
  ['counter: step must be a whole number, got Infinity.', () => statics.counter(0, Infinity)],
  ['random: seed must be a whole number of at least 0, got -1.', () => statics.random({ seed: -1 })],
  ['random: options must be an object, got 3.', () => statics.random(3)],
  [
    'random: there is no option reshuffle. It takes seed, rerandomizeEachIteration.',
    () => statics.random({ reshuffle: true }),
  ],
  [
    'random: rerandomizeEachIteration must be true or false, got 1.',
    () => statics.random({ rerandomizeEachIteration: 1 }),
  ],
  ['zip: there is no option stric. It takes strict.', () => statics.zip([d()], { stric: true })],
  ['zip: strict must be true or false, got "yes".', () => statics.zip([d()], { strict: 'yes' })],
  [
    'zip: datasets.0 has 3 elements, but datasets.2 has 1 element. Without strict, the rest is left out.',
    () => statics.zip([d(), unknown(2), d().take(1)], { strict: true }),
  ],
  [
    'zip: datasets.x has 3 elements, but datasets.y has Infinity elements. Without strict, the rest is left out.',
    () => statics.zip({ x: d(), y: statics.counter() }, { strict: true }),
  ],
]

describe('arguments', () => {
  it.each(whenBuilt)('%s', (message, call) => {
    let thrown: unknown
    try {
      call()
    } catch (error) {
      thrown = error
    }
    expect(messageOf(thrown)).toBe(message)
    expect(thrown).toBeInstanceOf(InvalidArgumentError)
  })
})
