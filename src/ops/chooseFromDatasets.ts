import { checkBoolean, checkOptions, wrongArgument } from '../core/checks.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { DirectedCursor, inputNodes, specOfAny, type Choices, type ElementOf } from '../core/directedCursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { isSource, type Cardinality, type PlanNode, type Source, type Stage, type Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/** Options of `chooseFromDatasets`. */
export interface ChooseOptions {
  /** Whether all ends when a dataset is chosen that has ended; otherwise the choice is passed over. True by default. */
  readonly stopOnEmptyDataset?: boolean
}

/**
 * Takes each element of the dataset that another one names by its index (`tf.data.Dataset.choose_from_datasets`).
 *
 * In: datasets, and a dataset of whole numbers. Out: elements of the datasets, unchanged. Length: unknown, at most that
 * of the choices. Order: that of the choices. Where `stopOnEmptyDataset` is false and an endless choice names nothing
 * but datasets that have ended, while others have not, there is no end to the search. Saved: the choices, which inputs
 * ended, and the inputs.
 *
 * @example
 * Dataset.chooseFromDatasets([Dataset.range(3), Dataset.range(10, 13)], Dataset.range(2).repeat(2)) // 0, 10, 1, 11
 * @throws InvalidArgumentError where a choice is no index of a dataset, with the index of the choice
 */
export function chooseFromDatasets<const S extends readonly Source[]>(
  datasets: S,
  choiceDataset: Source<number | bigint>,
  options: ChooseOptions = {},
): { stage: Stage<unknown, ElementOf<S>>; inputs: PlanNode[] } {
  const inputs = inputNodes('chooseFromDatasets', datasets)
  const choices: unknown = choiceDataset
  if (!isSource(choices)) throw wrongArgument('chooseFromDatasets', 'choiceDataset', 'a Dataset', choices)
  checkOptions('chooseFromDatasets', options, ['stopOnEmptyDataset'])
  const stop = checkBoolean('chooseFromDatasets', 'stopOnEmptyDataset', options.stopOnEmptyDataset ?? true)
  const count = inputs.length
  const stage: Stage<unknown, ElementOf<S>> = Object.freeze({
    name: 'chooseFromDatasets',
    args: { datasets: count, stopOnEmptyDataset: stop },
    cardinality: (lengths) => chosenLength(lengths),
    spec: (specs) => specOfAny(specs.slice(0, count)),
    open: (upstreams, { path }, state) =>
      new DirectedCursor(
        upstreams.slice(0, count) as readonly Upstream<ElementOf<S>>[],
        (saved) => new DatasetChoices(upstreams[count], count, path, saved),
        stop,
        state,
      ),
  } satisfies Stage<unknown, ElementOf<S>>)
  return { stage, inputs: [...inputs, choices.node] }
}

/** Known where there is nothing to choose or to choose from, and where nothing ever ends. */
function chosenLength(lengths: readonly Cardinality[]): Cardinality {
  const same = (length: number): boolean => lengths.every((one) => one === length)
  if (lengths.at(-1) === 0 || lengths.slice(0, -1).every((length) => length === 0)) return 0
  return same(Infinity) ? Infinity : undefined
}

interface ChoicesState {
  readonly index: number
  readonly upstream: State
}

/** The elements of a dataset, each of which must be the index of an input. */
class DatasetChoices implements Choices {
  readonly #cursor: Cursor<unknown>
  readonly #count: number
  readonly #path: string
  #index: number

  constructor(upstream: Upstream, count: number, path: string, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<ChoicesState>
    this.#cursor = upstream.open(inner)
    this.#count = count
    this.#path = path
    this.#index = index
  }

  next(): Pull<number> {
    const choice = this.#cursor.next()
    return choice instanceof Promise ? choice.then((settled) => this.#check(settled)) : this.#check(choice)
  }

  state() {
    return { index: this.#index, upstream: this.#cursor.state() }
  }

  close(): void | Promise<void> {
    return this.#cursor.close()
  }

  #check(choice: unknown): number | typeof END {
    if (isEnd(choice)) return END
    const index = this.#index++
    const chosen = typeof choice === 'bigint' ? Number(choice) : choice
    if (typeof chosen === 'number' && Number.isInteger(chosen) && chosen >= 0 && chosen < this.#count) return chosen
    const { message } = wrongArgument(
      this.#path,
      `choice ${index}`,
      `a whole number from 0 to ${this.#count - 1}`,
      choice,
    )
    throw new InvalidArgumentError(message, { path: this.#path, index })
  }
}
