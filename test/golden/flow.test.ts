import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorClasses } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { isNdArray } from '../../src/ndarray/ndarray.ts'

/** A case of flow.py: TensorFlow's answer to the same pipeline. */
interface Case {
  readonly source: readonly [name: string, ...args: unknown[]]
  readonly steps: readonly (readonly [name: string, ...args: unknown[]])[]
  /** -1 stands for infinite, -2 for unknown. */
  readonly cardinality: number
  readonly elements?: readonly unknown[]
  /** Class of the error that the run ends with. */
  readonly error?: string
}

const cases = JSON.parse(readFileSync(new URL('./flow.json', import.meta.url), 'utf8')) as Case[]

const inner = ([i, n]: [number, number]) => Dataset.range(n).map((j) => i * 10 + j)

type WindowArguments = [size: number, shift: number | null, stride: number, dropRemainder: boolean]
const windows = (d: Dataset<number>, ...[size, shift, stride, dropRemainder]: WindowArguments) =>
  d.window(size, { shift: shift ?? size, stride, dropRemainder })

type Build = (dataset: Dataset<never>, ...args: never[]) => Dataset<unknown>
const builds: Readonly<Record<string, Build>> = {
  assertCardinality: (d, count: number) => d.assertCardinality(count),
  batch: (d, size: number, dropRemainder: boolean) => d.batch(size, { dropRemainder }),
  flatMap: (d) => d.flatMap(inner),
  interleave: (d, cycleLength: number, blockLength: number, calls: number | null) =>
    d.interleave(inner, { cycleLength, blockLength, numParallelCalls: calls ?? 1 }),
  rebatch: (d, sizes: number | number[], dropRemainder: boolean) => d.rebatch(sizes, { dropRemainder }),
  repeat: (d, count?: number) => d.repeat(count),
  scan: (d: Dataset<number>, initial: number) => d.scan(initial, (state, x) => [state + x, state * 2 + x]),
  shard: (d, numShards: number, index: number) => d.shard(numShards, index),
  take: (d, count: number) => d.take(count),
  slidingBatch: (d, size: number, shift: number | null, stride: number, dropRemainder: boolean) =>
    d.slidingBatch(size, { shift: shift ?? size, stride, dropRemainder }),
  takeWhile: (d, limit: number) => d.takeWhile((x) => x < limit),
  window: (d, ...args: WindowArguments) => windows(d, ...args).flatMap((window) => window),
  windowSizes: (d, ...args: WindowArguments) => windows(d, ...args).map((window) => window.cardinality()),
  unique: (d) => d.unique(),
  unknown: (d) => d.filter(() => true),
}

const sources: Readonly<Record<string, (...args: never[]) => Dataset<unknown>>> = {
  counter: (start?: number, step?: number) => Dataset.counter(start, step),
  lengths: (lengths: number[]) => Dataset.fromGenerator(lengths).enumerate(),
  pairs: (length: number) => Dataset.range(length).enumerate(5),
  range: (length: number) => Dataset.range(length),
  values: (values: number[] | string[]) => Dataset.fromTensorSlices(values as number[]),
}

function build({ source: [name, ...args], steps }: Case): Dataset<unknown> {
  return steps.reduce<Dataset<unknown>>(
    (dataset, [step, ...rest]) => builds[step](dataset as Dataset<never>, ...(rest as never[])),
    sources[name](...(args as never[])),
  )
}

function plain(element: unknown): unknown {
  if (isNdArray(element)) return element.toArray()
  return Array.isArray(element) ? element.map(plain) : element
}

const title = ({ source, steps }: Case) => [source, ...steps].map((step) => JSON.stringify(step)).join(' ')

/** The number of elements as TensorFlow says it, where it says one. */
function cardinalityOf({ cardinality }: Case): number | undefined {
  return cardinality === -1 ? Infinity : cardinality
}

describe('as TensorFlow', () => {
  it.each(cases.map((one) => [title(one), one] as const))('%s', async (_title, one) => {
    const dataset = build(one)
    if (one.error === undefined) expect((await dataset.toArray()).map(plain)).toEqual(one.elements)
    else await expect(dataset.toArray()).rejects.toBeInstanceOf(errorClasses[one.error])
    // Where it is not known to TensorFlow, millrace may know it, but not wrongly.
    const possible = one.cardinality === -2 ? [undefined, one.elements?.length] : [cardinalityOf(one)]
    expect(possible).toContain(dataset.cardinality())
  })
})
