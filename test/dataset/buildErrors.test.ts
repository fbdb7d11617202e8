import { describe, expect, it } from 'vitest'
import { InvalidArgumentError, messageOf } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'

/** The class as a caller without types sees it: anything can be handed over. */
type Loose = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>
const statics = Dataset as unknown as Loose
const d = () => Dataset.range(3) as unknown as Loose

/** A structure that never ends. */
function partOfItself(): unknown {
  const part: Record<string, unknown> = { x: d() }
  part.again = part
  return part
}

function expectRefused(call: () => unknown, message: string): void {
  let thrown: unknown
  try {
    call()
  } catch (error) {
    thrown = error
  }
  expect(messageOf(thrown)).toBe(message)
  expect(thrown).toBeInstanceOf(InvalidArgumentError)
}

/** What values of each kind are called in a message, after what was wanted. */
const notCounts: readonly (readonly [unknown, string])[] = [
  [1.5, '1.5'],
  [NaN, 'NaN'],
  ['3', '"3"'],
  [null, 'null'],
  [3n, '3n'],
  [[3], 'an array'],
  [{}, 'an object'],
  [() => 3, 'a function'],
  [true, 'true'],
  [2 ** 53, '9007199254740992'],
]

interface CountRow {
  readonly argument: string
  readonly call: (value: unknown) => unknown
  readonly wanted: string
  /** Numbers beside those above that are refused. */
  readonly refused: readonly number[]
}

const atLeast0 = 'a whole number of at least 0'
const atLeast1 = 'a whole number of at least 1'
const counts: readonly CountRow[] = [
  { argument: 'batch: batchSize', call: (x) => d().batch(x), wanted: atLeast1, refused: [0, -1, Infinity] },
  { argument: 'enumerate: start', call: (x) => d().enumerate(x), wanted: 'a whole number', refused: [Infinity] },
  {
    argument: 'prefetch: bufferSize',
    call: (x) => d().prefetch(x),
    wanted: `${atLeast0}, or AUTOTUNE`,
    refused: [-2, Infinity],
  },
  {
    argument: 'repeat: count',
    call: (x) => d().repeat(x),
    wanted: 'a whole number, or Infinity',
    refused: [-Infinity],
  },
  {
    argument: 'shuffle: bufferSize',
    call: (x) => d().shuffle(x),
    wanted: `${atLeast1}, or Infinity`,
    refused: [0, -2],
  },
  { argument: 'shuffle: seed', call: (x) => d().shuffle(2, { seed: x }), wanted: atLeast0, refused: [-1, Infinity] },
  { argument: 'skip: count', call: (x) => d().skip(x), wanted: 'a whole number, or Infinity', refused: [-Infinity] },
  { argument: 'take: count', call: (x) => d().take(x), wanted: 'a whole number, or Infinity', refused: [-Infinity] },
  { argument: 'withOptions: seed', call: (x) => d().withOptions({ seed: x }), wanted: atLeast0, refused: [-1] },
  {
    argument: 'range: stop',
    call: (x) => statics.range(x),
    wanted: 'a whole number, or Infinity',
    refused: [-Infinity],
  },
  { argument: 'range: start', call: (x) => statics.range(x, 3), wanted: 'a whole number', refused: [Infinity] },
  { argument: 'range: step', call: (x) => statics.range(0, 3, x), wanted: 'a whole number', refused: [Infinity] },
  { argument: 'iterator: epoch', call: (x) => d().iterator({ epoch: x }), wanted: atLeast0, refused: [-1, Infinity] },
  {
    argument: 'map: numParallelCalls',
    call: (x) => d().map((y: unknown) => y, { numParallelCalls: x }),
    wanted: `${atLeast1}, or AUTOTUNE`,
    refused: [0, -2, Infinity],
  },
  {
    argument: 'map: reorderWindow',
    call: (x) => d().map((y: unknown) => y, { reorderWindow: x }),
    wanted: atLeast1,
    refused: [0, -1, Infinity],
  },
]

/** Options by default: null stands for the default there. */
const optional = new Set(['shuffle: seed', 'iterator: epoch', 'map: numParallelCalls', 'map: reorderWindow'])

describe.each(counts)('$argument', ({ argument, call, wanted, refused }) => {
  const values = [...notCounts, ...refused.map((value) => [value, String(value)] as const)]
  const rows = values.filter(([value]) => value !== null || !optional.has(argument))

  it.each(rows)('refuses %s', (value, shown) => {
    expectRefused(() => call(value), `${argument} must be ${wanted}, got ${shown}.`)
  })
})

const rows: readonly (readonly [message: string, call: () => unknown])[] = [
  ['range: step must be a whole number other than 0, got 0.', () => statics.range(0, 3, 0)],
  ['batch: there is no option dropRemander. It takes dropRemainder.', () => d().batch(2, { dropRemander: true })],
  ['batch: dropRemainder must be true or false, got 1.', () => d().batch(2, { dropRemainder: 1 })],
  ['batch: options must be an object, got true.', () => d().batch(2, true)],
  ['batch: options must be an object, got null.', () => d().batch(2, null)],
  ['shuffle: options must be an object, got 7.', () => d().shuffle(2, 7)],
  ['shuffle: there is no option sed. It takes seed, reshuffleEachIteration.', () => d().shuffle(2, { sed: 1 })],
  [
    'shuffle: reshuffleEachIteration must be true or false, got "no".',
    () => d().shuffle(2, { reshuffleEachIteration: 'no' }),
  ],
  ['map: fn must be a function, got undefined.', () => d().map()],
  ['map: fn must be a function, got an object.', () => d().map({})],
  [
    'map: there is no option num_parallel_calls. It takes numParallelCalls, deterministic, reorderWindow, outputSignature.',
    () => d().map(() => 1, { num_parallel_calls: 2 }),
  ],
  ['map: deterministic must be true or false, got 0.', () => d().map(() => 1, { deterministic: 0 })],
  ['filter: predicate must be a function, got "x".', () => d().filter('x')],
  ['apply: transformation must be a function, got undefined.', () => d().apply()],
  [
    'withOptions: there is no option sede. It takes seed, memory, autotune, watchdogMs, onStall.',
    () => d().withOptions({ sede: 1 }),
  ],
  ['concatenate: other must be a Dataset, got an array.', () => d().concatenate([1, 2])],
  ['concatenate: other must be a Dataset, got null.', () => d().concatenate(null)],
  ['zip: datasets must be a tuple or an object of at least one Dataset, got null.', () => statics.zip(null)],
  ['zip: datasets must be a tuple or an object of at least one Dataset, got an array.', () => statics.zip([])],
  [
    'zip: datasets must be a tuple or an object of at least one Dataset, got an object.',
    () => statics.zip({ a: [{}] }),
  ],
  ['zip: datasets must be a tuple or an object of at least one Dataset, got an object.', () => statics.zip(new Map())],
  ['zip: datasets.1.0 must be a Dataset, got 1.', () => statics.zip([d(), [1]])],
  ['zip: datasets.a.b must be a Dataset, got an object.', () => statics.zip({ a: { b: new Date() } })],
  ['zip: datasets.a.again is a part of itself.', () => statics.zip({ a: partOfItself() })],
  ['zip: datasets.labels must be a Dataset, got undefined.', () => statics.zip({ images: d(), labels: undefined })],
  [
    'fromGenerator: input must be an iterable, a stream, or a function that returns one, got "abc".',
    () => statics.fromGenerator('abc'),
  ],
  ['fromGenerator: there is no option spec. It takes outputSignature.', () => statics.fromGenerator([], { spec: 1 })],
  ['fromTensorSlices: the tensor is 5, which has no rows.', () => statics.fromTensorSlices(5)],
  ['fromTensorSlices: y is 5, which has no rows.', () => statics.fromTensorSlices({ x: [1], y: 5 })],
  ['fromTensorSlices: there is no NdArray to take rows from.', () => statics.fromTensorSlices({})],
  [
    'fromTensorSlices: y is an NdArray int32 [3], but x is an NdArray int32 [2]. All leaves must have the same number of rows.',
    () => statics.fromTensorSlices({ x: [1, 2], y: [1, 2, 3] }),
  ],
  [
    'fromTensorSlices: a.b[1] is an NdArray int8 [1], but a.b[0] is an NdArray int8 [2]. All leaves must have the same number of rows.',
    () => statics.fromTensorSlices({ a: { b: [Int8Array.of(1, 2), Int8Array.of(1)] } }),
  ],
  [
    'fromTensorSlices: x: nested arrays must have equal lengths: an array of 1 at [1] does not fit [2, 2].',
    () => statics.fromTensorSlices({ x: [[1, 2], [3]] }),
  ],
  ['fromTensorSlices: x: float32 cannot hold the string "a".', () => statics.fromTensorSlices({ x: [1, 'a'] })],
  ['fromTensorSlices: x: float32 cannot hold 16777217.', () => statics.fromTensorSlices({ x: [0.5, 16777217] })],
  [
    'fromTensorSlices: x is a Date, which an element cannot hold. It holds plain objects and arrays of numbers, bigints, booleans, strings, Uint8Arrays and NdArrays.',
    () => statics.fromTensorSlices({ x: new Date() }),
  ],
  [
    'fromTensors: x is null, which an element cannot hold. It holds plain objects and arrays of numbers, bigints, booleans, strings, Uint8Arrays and NdArrays.',
    () => statics.fromTensors({ x: null }),
  ],
  ['unbatch: the tensor is a scalar, which has no rows.', () => d().unbatch()],
  [
    'unbatch: b is a scalar, which has no rows.',
    () => (Dataset.fromTensors({ a: [1], b: 2 }) as unknown as Loose).unbatch(),
  ],
  [
    'iterator: there is no option sgnal. It takes state, signal, epoch, profile, tuning, memory, autotune, watchdogMs, onStall.',
    () => d().iterator({ sgnal: 1 }),
  ],
  ['iterator: signal must be an AbortSignal, got true.', () => d().iterator({ signal: true })],
]

describe('arguments', () => {
  it.each(rows)('%s', (message, call) => {
    expectRefused(call, message)
  })

  it.each(['forEach', 'reduce'])('refuses what is no function in %s', async (method) => {
    const call = () => (method === 'reduce' ? d().reduce(0, 5) : d().forEach(5))
    await expect(call()).rejects.toThrow(`${method}: fn must be a function, got 5.`)
  })
})
