import { wrongArgument } from './checks.ts'
import { closeAll, END, isEnd, type Cursor, type Pull } from './cursor.ts'
import { AGAIN, search, type Step } from './search.ts'
import { commonSpec, type Spec } from './spec.ts'
import { isSource, type PlanNode, type Source, type Upstream } from './stage.ts'
import type { State } from './state.ts'

/** What the elements of any of the datasets may be. */
export type ElementOf<S extends readonly Source[]> = S[number] extends Source<infer T> ? T : never

/** Says which input the next element is taken of. */
export interface Choices {
  /** Index of an input, which may be one of those that ended: then the next choice is asked for. */
  next(ended: ReadonlySet<number>): Pull<number>
  state(): State
  close(): void | Promise<void>
}

interface DirectedState {
  readonly choices: State
  readonly ended: readonly number[]
  readonly inputs: readonly State[]
}

/**
 * Takes each element of the input that was chosen for it. A choice whose element fails is used up. The state is that of
 * the choices and of each input.
 */
export class DirectedCursor<T> implements Cursor<T> {
  readonly #cursors: readonly Cursor<T>[]
  readonly #choices: Choices
  readonly #stopOnEmptyDataset: boolean
  readonly #ended: Set<number>

  /** @param openChoices opens the choices, from the start or from a state */
  constructor(
    upstreams: readonly Upstream<T>[],
    openChoices: (state?: State) => Choices,
    stopOnEmptyDataset: boolean,
    state?: State,
  ) {
    const { choices, ended = [], inputs } = (state ?? {}) as Partial<DirectedState>
    this.#cursors = upstreams.map((upstream, i) => upstream.open(inputs?.[i]))
    this.#choices = openChoices(choices)
    this.#stopOnEmptyDataset = stopOnEmptyDataset
    this.#ended = new Set(ended)
  }

  next(): Pull<T> {
    const found = this.#step()
    return found === AGAIN || found instanceof Promise ? search(found, () => this.#step()) : found
  }

  state() {
    return {
      choices: this.#choices.state(),
      ended: [...this.#ended],
      inputs: this.#cursors.map((cursor) => cursor.state()),
    }
  }

  close(): void | Promise<void> {
    return closeAll([...this.#cursors, this.#choices])
  }

  #step(): Step<T | typeof END> {
    if (this.#ended.size >= (this.#stopOnEmptyDataset ? 1 : this.#cursors.length)) return END
    const chosen = this.#choices.next(this.#ended)
    return chosen instanceof Promise ? chosen.then((settled) => this.#take(settled)) : this.#take(chosen)
  }

  #take(chosen: number | typeof END): Step<T | typeof END> {
    if (isEnd(chosen)) return END
    if (this.#ended.has(chosen)) return AGAIN
    const element = this.#cursors[chosen].next()
    if (element instanceof Promise) return element.then((settled) => this.#deliver(settled, chosen))
    return this.#deliver(element, chosen)
  }

  #deliver(element: T | typeof END, chosen: number): T | typeof AGAIN {
    if (!isEnd(element)) return element
    this.#ended.add(chosen)
    return AGAIN
  }
}

/** The plans of a list of datasets. */
export function inputNodes(operation: string, datasets: unknown): PlanNode[] {
  if (!Array.isArray(datasets) || datasets.length === 0) {
    throw wrongArgument(operation, 'datasets', 'an array of at least one Dataset', datasets)
  }
  return datasets.map((source: unknown, i) => {
    if (!isSource(source)) throw wrongArgument(operation, `datasets[${i}]`, 'a Dataset', source)
    return source.node
  })
}

/** The spec that fits the elements of every input. */
export function specOfAny(specs: readonly (Spec | undefined)[]): Spec | undefined {
  return specs.reduce(commonSpec)
}
