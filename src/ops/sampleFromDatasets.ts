import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { DirectedCursor, inputNodes, specOfAny, type Choices, type ElementOf } from '../core/directedCursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { foldIn, keyOf, randomUnit, type RandomKey } from '../core/random.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import { isSource, type Cardinality, type PlanNode, type Source, type Stage, type Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { isNdArray, type NdArray } from '../ndarray/ndarray.ts'

export type { ElementOf } from '../core/directedCursor.ts'

/** Options of `sampleFromDatasets`. */
export interface SampleOptions {
  /**
   * How often each dataset is drawn from, in any scale: one number of at least 0 for each, or a dataset of such lists,
   * one for each element. Equal by default.
   */
  readonly weights?: readonly number[] | Source<readonly number[] | NdArray>
  /** Decides the order; by default the pipeline's seed and the place in it do. */
  readonly seed?: number
  /** Whether all ends when a dataset is drawn that has ended; otherwise the others go on. False by default. */
  readonly stopOnEmptyDataset?: boolean
  /** Whether each pass over the data has an order of its own; false by default, as in TensorFlow. */
  readonly rerandomizeEachIteration?: boolean
}

const known = ['weights', 'seed', 'stopOnEmptyDataset', 'rerandomizeEachIteration']

/**
 * Takes each element of a dataset drawn at random by weight (`tf.data.Dataset.sample_from_datasets`).
 *
 * Out: elements of the datasets, unchanged; those of one dataset keep their order. Length: the sum; unknown where all
 * ends with the first dataset that does, or with the lists of weights. When a dataset has ended, its weight is shared
 * out among the others. A dataset of weight 0 is left out, and is not even opened; a list that gives nothing to the
 * datasets that are left is passed over. Saved: how many draws were made, which inputs ended, and the inputs.
 *
 * @example
 * Dataset.sampleFromDatasets([Dataset.range(3), Dataset.range(10, 13)], { weights: [3, 1], seed: 4 }) // 0, 1, 2, 10, 11, 12
 * @throws InvalidArgumentError where an element of `weights` is no such list, with its index
 */
export function sampleFromDatasets<const S extends readonly Source[]>(
  datasets: S,
  options: SampleOptions = {},
): { stage: Stage<unknown, ElementOf<S>>; inputs: PlanNode[] } {
  const nodes = inputNodes('sampleFromDatasets', datasets)
  checkOptions('sampleFromDatasets', options, known)
  const { seed } = options
  if (seed !== undefined) checkCount('sampleFromDatasets', 'seed', seed)
  const stop = checkBoolean('sampleFromDatasets', 'stopOnEmptyDataset', options.stopOnEmptyDataset ?? false)
  const rerandomize = options.rerandomizeEachIteration ?? false
  checkBoolean('sampleFromDatasets', 'rerandomizeEachIteration', rerandomize)
  const weights: unknown = options.weights ?? nodes.map(() => 1)
  const lists = isSource(weights) ? weights.node : undefined
  const { inputs, shares } = lists === undefined ? weighted(nodes, weights) : { inputs: nodes, shares: [] }
  const count = inputs.length
  const stage: Stage<unknown, ElementOf<S>> = Object.freeze({
    name: 'sampleFromDatasets',
    args: {
      weights: lists === undefined ? weights : 'of a dataset',
      ...(seed === undefined ? {} : { seed }),
      stopOnEmptyDataset: stop,
      rerandomizeEachIteration: rerandomize,
    },
    cardinality: (lengths) => sampledLength(lengths, count, stop, shares),
    spec: (specs) => specOfAny(specs.slice(0, count)),
    open: (upstreams, context, state) => {
      const base = seed === undefined ? context.key : keyOf(seed)
      const key = rerandomize ? foldIn(base, context.epoch) : base
      const openChoices = (saved?: State): Choices =>
        lists === undefined
          ? new ConstantWeights(shares, key, saved)
          : new DatasetWeights(upstreams[count], count, key, context.path, saved)
      return new DirectedCursor(upstreams.slice(0, count) as Upstream<ElementOf<S>>[], openChoices, stop, state)
    },
  } satisfies Stage<unknown, ElementOf<S>>)
  return { stage, inputs: lists === undefined ? inputs : [...inputs, lists] }
}

/** The inputs that can be drawn, with their weights; the first one with 0 where there is none. */
function weighted(nodes: readonly PlanNode[], weights: unknown): { inputs: PlanNode[]; shares: readonly number[] } {
  if (!isWeights(weights, nodes.length)) {
    const wanted = `a list of ${nodes.length} numbers of at least 0, or a Dataset of such lists`
    throw wrongArgument('sampleFromDatasets', 'weights', wanted, weights)
  }
  const inputs = nodes.filter((_, i) => weights[i] > 0)
  if (inputs.length === 0) return { inputs: [nodes[0]], shares: [0] }
  return { inputs, shares: weights.filter((weight) => weight > 0) }
}

function isWeights(value: unknown, length: number): value is readonly number[] {
  const fits = (weight: unknown): boolean => typeof weight === 'number' && weight >= 0 && Number.isFinite(weight)
  return Array.isArray(value) && value.length === length && value.every(fits)
}

/** @param shares the weights; none where a dataset gives them */
function sampledLength(
  lengths: readonly Cardinality[],
  count: number,
  stop: boolean,
  shares: readonly number[],
): Cardinality {
  const inputs = lengths.slice(0, count)
  if (shares[0] === 0 || lengths[count] === 0 || inputs.every((length) => length === 0)) return 0
  if (inputs.every((length) => length === Infinity) && (lengths.length === count || lengths[count] === Infinity)) {
    return Infinity
  }
  if (count === 1 && lengths.length === 1) return inputs[0]
  if (stop || lengths.length > count) return undefined
  if (inputs.includes(Infinity)) return Infinity
  return inputs.reduce((sum, length) => (sum === undefined || length === undefined ? undefined : sum + length), 0)
}

/** Draws by the same weights each time. */
class ConstantWeights implements Choices {
  readonly #weights: readonly number[]
  readonly #key: RandomKey
  /** Sums of the weights, up to each input, of those that go on. */
  #sums: readonly number[] = []
  #ended = -1
  #index: number

  constructor(weights: readonly number[], key: RandomKey, state?: State) {
    this.#weights = weights
    this.#key = key
    this.#index = (state?.index ?? 0) as number
  }

  next(ended: ReadonlySet<number>): number | typeof END {
    if (ended.size !== this.#ended) {
      this.#sums = sumsOf(this.#weights, ended)
      this.#ended = ended.size
    }
    const sums = this.#sums
    if (sums[sums.length - 1] === 0) return END
    return draw(sums, randomUnit(this.#key, this.#index++))
  }

  state() {
    return { index: this.#index }
  }

  close(): void {
    // It holds nothing.
  }
}

interface DatasetWeightsState {
  readonly index: number
  readonly upstream: State
}

/** Draws by weights of its own each time. */
class DatasetWeights implements Choices {
  readonly #cursor: Cursor<unknown>
  readonly #count: number
  readonly #key: RandomKey
  readonly #path: string
  #index: number

  constructor(upstream: Upstream, count: number, key: RandomKey, path: string, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<DatasetWeightsState>
    this.#cursor = upstream.open(inner)
    this.#count = count
    this.#key = key
    this.#path = path
    this.#index = index
  }

  next(ended: ReadonlySet<number>): Pull<number> {
    const found = this.#step(ended)
    return found === AGAIN || found instanceof Promise ? search(found, () => this.#step(ended)) : found
  }

  state() {
    return { index: this.#index, upstream: this.#cursor.state() }
  }

  close(): void | Promise<void> {
    return this.#cursor.close()
  }

  #step(ended: ReadonlySet<number>): Step<number | typeof END> {
    const list = this.#cursor.next()
    return list instanceof Promise ? list.then((one) => this.#choose(one, ended)) : this.#choose(list, ended)
  }

  /** AGAIN where the list gives nothing to the inputs that go on. */
  #choose(list: unknown, ended: ReadonlySet<number>): number | typeof END | typeof AGAIN {
    if (isEnd(list)) return END
    const index = this.#index++
    const weights: unknown = isNdArray(list) ? list.toArray() : list
    if (!isWeights(weights, this.#count) || weights.every((weight) => weight === 0)) {
      throw new InvalidArgumentError(
        `${this.#path}: weights ${index} must be a list of ${this.#count} numbers of at least 0, not all 0.`,
        { path: this.#path, index },
      )
    }
    const sums = sumsOf(weights, ended)
    return sums[sums.length - 1] === 0 ? AGAIN : draw(sums, randomUnit(this.#key, index))
  }
}

/** Sums of the weights up to each input; an input that ended has none. */
function sumsOf(weights: readonly number[], ended: ReadonlySet<number>): number[] {
  // Scaled, so that no sum of large weights is infinite, and none of tiny ones is 0.
  const most = weights.reduce((most, weight, i) => (ended.has(i) ? most : Math.max(most, weight)), 0)
  let sum = 0
  return weights.map((weight, i) => (sum += most === 0 || ended.has(i) ? 0 : weight / most))
}

/** The input that a number from 0 to below 1 falls on. */
function draw(sums: readonly number[], unit: number): number {
  const total = sums[sums.length - 1]
  const place = unit * total
  let low = 0
  let high = sums.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sums[middle] > place) high = middle
    else low = middle + 1
  }
  // Rounding can bring the product up to the total.
  return low < sums.length ? low : sums.indexOf(total)
}
