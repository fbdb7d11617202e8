import fc from 'fast-check'
import { Dataset } from '../../src/dataset/dataset.ts'
import { probe, modes, type Mode } from '../contract/probe.ts'

/**
 * Random pipelines of small whole numbers as plain data: built as a Dataset on one side, and worked out on plain arrays
 * on the other.
 */
export interface Plan {
  readonly source: {
    readonly kind: 'range' | 'slices' | 'generator' | 'probe'
    readonly length: number
    readonly mode: Mode
  }
  readonly steps: readonly Step[]
}

export type Step =
  | { readonly op: 'map'; readonly add: number; readonly how: 'sync' | 'async'; readonly calls: number }
  | { readonly op: 'filter'; readonly divisor: number; readonly how: 'sync' | 'async' }
  | { readonly op: 'take' | 'skip'; readonly count: number }
  | { readonly op: 'repeat'; readonly count: number }
  | { readonly op: 'repeatForever'; readonly take: number }
  | { readonly op: 'enumerate'; readonly start: number }
  | { readonly op: 'batch'; readonly size: number; readonly dropRemainder: boolean; readonly then: 'sum' | 'unbatch' }
  | { readonly op: 'prefetch'; readonly size: number }
  | { readonly op: 'withOptions'; readonly seed: number }
  | { readonly op: 'cache' }
  | { readonly op: 'concatenate' | 'zip'; readonly other: Plan }
  | { readonly op: 'shuffle'; readonly size: number; readonly reshuffle: boolean }

/** Keeps every value small enough for float32, through which batches of unknown dtype go. */
const wrap = (value: number) => value % 1009
const sum = (values: Iterable<number>) => wrap([...values].reduce((total, value) => total + value, 0))

/** Plans of up to `steps` steps, with plans of up to `depth - 1` inside. */
export function plans({ steps = 6, depth = 2, shuffles = false } = {}): fc.Arbitrary<Plan> {
  const count = fc.integer({ min: -1, max: 9 })
  const how = fc.constantFrom('sync' as const, 'async' as const)
  const size = fc.integer({ min: 1, max: 5 })
  const all: fc.Arbitrary<Step>[] = [
    fc.record({ op: fc.constant('map'), add: fc.nat(9), how, calls: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ op: fc.constant('filter'), divisor: fc.integer({ min: 1, max: 4 }), how }),
    fc.record({ op: fc.constantFrom('take', 'skip'), count }),
    fc.record({ op: fc.constant('repeat'), count: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ op: fc.constant('repeatForever'), take: fc.nat(15) }),
    fc.record({ op: fc.constant('enumerate'), start: fc.nat(9) }),
    fc.record({ op: fc.constant('batch'), size, dropRemainder: fc.boolean(), then: fc.constantFrom('sum', 'unbatch') }),
    fc.record({ op: fc.constant('prefetch'), size: fc.nat(4) }),
    fc.record({ op: fc.constant('withOptions'), seed: fc.nat(9) }),
    fc.record({ op: fc.constant('cache') }),
  ]
  if (shuffles) all.push(fc.record({ op: fc.constant('shuffle'), size, reshuffle: fc.boolean() }))
  if (depth > 1) {
    const other = plans({ steps: 2, depth: depth - 1, shuffles })
    all.push(fc.record({ op: fc.constantFrom('concatenate', 'zip'), other }))
  }
  const kind = fc.constantFrom('range' as const, 'slices' as const, 'generator' as const, 'probe' as const)
  return fc.record({
    source: fc.record({ kind, length: fc.nat(8), mode: fc.constantFrom(...modes) }),
    steps: fc.array(fc.oneof(...all), { maxLength: steps }),
  })
}

/** The pipeline itself. */
export function build(plan: Plan): Dataset<number> {
  return plan.steps.reduce(buildStep, buildSource(plan.source))
}

function buildSource({ kind, length, mode }: Plan['source']): Dataset<number> {
  const values = Array.from({ length }, (_, i) => i)
  switch (kind) {
    case 'range':
      return Dataset.range(length)
    case 'slices':
      return Dataset.fromTensorSlices(Int32Array.from(values))
    case 'generator':
      return mode === 'sync'
        ? Dataset.fromGenerator(values)
        : Dataset.fromGenerator(async function* () {
            for (const value of values) yield await Promise.resolve(value)
          })
    case 'probe':
      return probe(values, { mode, cardinality: undefined }).dataset
  }
}

function buildStep(dataset: Dataset<number>, step: Step): Dataset<number> {
  switch (step.op) {
    case 'map': {
      const change = (x: number) => wrap(x * 3 + step.add)
      return dataset.map(step.how === 'sync' ? change : (x) => Promise.resolve(change(x)), {
        numParallelCalls: step.calls,
      })
    }
    case 'filter': {
      const keep = (x: number) => x % step.divisor !== 0
      return dataset.filter(step.how === 'sync' ? keep : (x) => Promise.resolve(keep(x)))
    }
    case 'take':
      return dataset.take(step.count)
    case 'skip':
      return dataset.skip(step.count)
    case 'repeat':
      return dataset.repeat(step.count)
    case 'repeatForever':
      return dataset.repeat().take(step.take)
    case 'enumerate':
      return dataset.enumerate(step.start).map(([index, x]) => wrap(index * 7 + x))
    case 'batch': {
      const batches = dataset.batch(step.size, { dropRemainder: step.dropRemainder })
      return step.then === 'sum' ? batches.map(({ data }) => sum(data)) : batches.unbatch()
    }
    case 'prefetch':
      return dataset.prefetch(step.size)
    case 'withOptions':
      return dataset.withOptions({ seed: step.seed })
    case 'cache':
      return dataset.cache()
    case 'concatenate':
      return dataset.concatenate(build(step.other))
    case 'zip':
      return Dataset.zip([dataset, build(step.other)]).map(([a, b]) => wrap(a + b))
    case 'shuffle':
      return dataset.shuffle(step.size, { reshuffleEachIteration: step.reshuffle })
  }
}

/** What a plan without shuffles gives. */
export function reference(plan: Plan): number[] {
  const values = Array.from({ length: plan.source.length }, (_, i) => i)
  return plan.steps.reduce(referenceStep, values)
}

function referenceStep(values: number[], step: Step): number[] {
  switch (step.op) {
    case 'map':
      return values.map((x) => wrap(x * 3 + step.add))
    case 'filter':
      return values.filter((x) => x % step.divisor !== 0)
    case 'take':
      return step.count < 0 ? values : values.slice(0, step.count)
    case 'skip':
      return step.count < 0 ? [] : values.slice(step.count)
    case 'repeat':
      return Array.from({ length: step.count }, () => values).flat()
    case 'repeatForever':
      return values.length === 0 ? [] : Array.from({ length: step.take }, (_, i) => values[i % values.length])
    case 'enumerate':
      return values.map((x, i) => wrap((step.start + i) * 7 + x))
    case 'batch': {
      const chunks = Array.from({ length: Math.ceil(values.length / step.size) }, (_, i) =>
        values.slice(i * step.size, (i + 1) * step.size),
      ).filter((chunk) => !step.dropRemainder || chunk.length === step.size)
      return step.then === 'sum' ? chunks.map(sum) : chunks.flat()
    }
    case 'concatenate':
      return [...values, ...reference(step.other)]
    case 'zip': {
      const other = reference(step.other)
      return values.slice(0, other.length).map((x, i) => wrap(x + other[i]))
    }
    case 'prefetch':
    case 'withOptions':
    case 'cache':
      return values
    case 'shuffle':
      throw new Error('a shuffle has no reference')
  }
}
