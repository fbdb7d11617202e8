import fc from 'fast-check'
import { Dataset } from '../../src/dataset/dataset.ts'

/** An operation on small whole numbers, and what it makes of a plain array. */
export interface Step {
  readonly what: string
  readonly build: (dataset: Dataset<number>) => Dataset<unknown>
  readonly reference: (values: readonly number[]) => unknown[]
}

const size = fc.integer({ min: 1, max: 5 })
const how = fc.constantFrom('sync' as const, 'async' as const)

/** What is made of an element: as many numbers as its remainder by 4, each telling where it comes from. */
const innerValues = (x: number) => Array.from({ length: x % 4 }, (_, j) => x * 10 + j)
const inner = (x: number, later: boolean) => {
  const dataset = Dataset.fromTensorSlices(Int32Array.from(innerValues(x)))
  return later ? dataset.map((y) => Promise.resolve(y)) : dataset
}

/** The order of a cycle, one turn after the other. */
export function cycle(inputs: readonly (readonly number[])[], cycleLength: number, blockLength: number): number[] {
  const left = inputs.map((values) => [...values])
  const places: (number[] | undefined)[] = Array.from({ length: Math.min(cycleLength, inputs.length) }, () => undefined)
  const out: number[] = []
  for (let place = 0; left.length > 0 || places.some((one) => one !== undefined); place = (place + 1) % places.length) {
    places[place] ??= left.shift()
    const block = places[place]?.splice(0, blockLength) ?? []
    out.push(...block)
    if (block.length < blockLength) places[place] = undefined
  }
  return out
}

const shards = fc.tuple(size, fc.nat(4)).map(([numShards, nth]): Step => {
  const index = nth % numShards
  return {
    what: `shard ${index} of ${numShards}`,
    build: (d) => d.shard(numShards, index),
    reference: (values) => values.filter((_, i) => i % numShards === index),
  }
})

const takeWhiles = fc.tuple(fc.nat(12), how).map(([limit, by]): Step => {
  const holds = (x: number) => x < limit
  return {
    what: `takeWhile ${limit} ${by}`,
    build: (d) => d.takeWhile(by === 'sync' ? holds : (x) => Promise.resolve(holds(x))),
    reference: (values) => values.slice(0, values.findIndex((x) => !holds(x)) >>> 0),
  }
})

const flatMaps = fc.tuple(how, fc.boolean()).map(([by, later]): Step => ({
  what: `flatMap ${by} later ${later}`,
  build: (d) => d.flatMap(by === 'sync' ? (x) => inner(x, later) : (x) => Promise.resolve(inner(x, later))),
  reference: (values) => values.flatMap(innerValues),
}))

const interleaves = fc
  .record({
    cycleLength: size,
    blockLength: size,
    numParallelCalls: fc.integer({ min: 1, max: 3 }),
    how,
    later: fc.boolean(),
  })
  .map(({ how: by, later, ...options }): Step => ({
    what: `interleave ${JSON.stringify(options)} ${by} later ${later}`,
    build: (d) =>
      d.interleave(by === 'sync' ? (x) => inner(x, later) : (x) => Promise.resolve(inner(x, later)), options),
    reference: (values) => cycle(values.map(innerValues), options.cycleLength, options.blockLength),
  }))

const windowOptions = fc.record({ shift: size, stride: size, dropRemainder: fc.boolean() })

/** Windows of plain values. */
function windowsOf(
  values: readonly number[],
  length: number,
  options: { shift: number; stride: number; dropRemainder: boolean },
) {
  const { shift, stride, dropRemainder } = options
  const whole = Array.from({ length: Math.ceil(values.length / shift) }, (_, i) =>
    values.slice(i * shift, i * shift + (length - 1) * stride + 1).filter((_value, j) => j % stride === 0),
  )
  const isWhole = (_: unknown, i: number) => i * shift + (length - 1) * stride < values.length
  return dropRemainder ? whole.filter(isWhole) : whole
}

const slidingBatches = fc.tuple(size, windowOptions).map(([length, options]): Step => ({
  what: `slidingBatch ${length} ${JSON.stringify(options)}`,
  build: (d) => d.slidingBatch(length, options).map(({ data }) => [...data]),
  reference: (values) => windowsOf(values, length, options),
}))

const windows = fc.tuple(size, windowOptions).map(([length, options]): Step => ({
  what: `window ${length} ${JSON.stringify(options)}`,
  build: (d) => d.window(length, options).flatMap((window) => window.concatenate(Dataset.range(1))),
  reference: (values) => windowsOf(values, length, options).flatMap((window) => [...window, 0]),
}))

const scans = how.map((by): Step => ({
  what: `scan ${by}`,
  build: (d) => {
    const next = (total: number, x: number): [number, number] => [(total * 3 + x) % 101, total - x]
    return d.scan(1, by === 'sync' ? next : (total, x) => Promise.resolve(next(total, x)))
  },
  reference: (values) => {
    let total = 1
    return values.map((x) => {
      const out = total - x
      total = (total * 3 + x) % 101
      return out
    })
  },
}))

const uniques = fc.tuple(size, fc.constantFrom('value', 'key', 'content')).map(([modulus, by]): Step => {
  return {
    what: `unique by ${by} of ${modulus}`,
    build: (d) => {
      if (by === 'key') return d.unique({ key: (x) => x % modulus })
      const small = d.map((x) => x % modulus)
      return by === 'value' ? small.unique() : small.batch(1).unique().unbatch()
    },
    reference: (values) => {
      if (by !== 'key') return [...new Set(values.map((x) => x % modulus))]
      return values.filter((x, i) => values.findIndex((y) => y % modulus === x % modulus) === i)
    },
  }
})

/** Values cut into pieces of sizes in turn. */
function cut(values: readonly number[], sizes: readonly number[], whole: boolean): number[][] {
  const pieces: number[][] = []
  for (let at = 0, turn = 0; at < values.length; at += sizes[turn++ % sizes.length]) {
    const piece = values.slice(at, at + sizes[turn % sizes.length])
    if (!whole || piece.length === sizes[turn % sizes.length]) pieces.push(piece)
  }
  return pieces
}

const rebatches = fc
  .tuple(size, fc.array(size, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([before, sizes, dropRemainder]): Step => ({
    what: `batch ${before}, rebatch ${sizes.join()} ${dropRemainder}`,
    build: (d) =>
      d
        .batch(before)
        .rebatch(sizes.length === 1 ? sizes[0] : sizes, { dropRemainder })
        .map(({ data }) => [...data]),
    reference: (values) => cut(values, sizes, dropRemainder),
  }))

/** Those that give numbers, so that one can follow another. */
export const numberSteps: fc.Arbitrary<Step> = fc.oneof(
  shards,
  takeWhiles,
  flatMaps,
  interleaves,
  windows,
  scans,
  uniques,
)

/** One of the operations that choose, expand, window and fold. */
export const flowSteps: fc.Arbitrary<Step> = fc.oneof(numberSteps, slidingBatches, rebatches)
