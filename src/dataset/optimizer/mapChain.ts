import { contextOf, type PlanNode, type StageContext } from '../../core/stage.ts'
import type { State } from '../../core/state.ts'
import { UserFunction, type ElementFunction } from '../../core/userFunction.ts'

/** The state of a map: within that of the map after it. */
interface MapState {
  readonly index: number
  readonly upstream: State
}

/** The functions of maps that follow each other, each with its own path, random key and index. */
export class MapChain {
  readonly #calls: readonly ElementFunction<unknown, unknown>[]
  readonly #functions: readonly UserFunction<unknown, unknown>[]
  /** Elements that came to each function: fewer to those behind one that threw. */
  readonly #indices: number[]

  /** @param maps the nodes as they were written, the first one first */
  constructor(maps: readonly PlanNode[], context: StageContext) {
    this.#calls = maps.map((map) => map.stage.hints?.maps as ElementFunction<unknown, unknown>)
    this.#functions = maps.map((map, i) => new UserFunction(this.#calls[i], contextOf(map, context)))
    this.#indices = maps.map(() => 0)
  }

  /** Takes the indices out of the states of the maps; gives what is left, the upstream's. */
  restore(state: State | undefined): State | undefined {
    let inner = state
    for (let i = this.#indices.length - 1; i >= 0 && inner !== undefined; i--) {
      const { index, upstream } = inner as unknown as MapState
      this.#indices[i] = index
      inner = upstream
    }
    return inner
  }

  /** The states of the maps, one within the other, round that of the upstream. */
  state(upstream: State): State {
    return this.#indices.reduce<State>((inner, index) => ({ index, upstream: inner }), upstream)
  }

  /** Counts elements that no function is called for. */
  pass(skipped: number): void {
    for (let i = 0; i < this.#indices.length; i++) this.#indices[i] += skipped
  }

  /** Applies the functions, from `first` on, to one element. */
  apply(element: unknown, first = 0): unknown {
    const calls = this.#calls
    for (let i = first; i < calls.length; i++) {
      const index = this.#indices[i]++
      const fn = this.#functions[i]
      let result
      try {
        result = calls[i](element, fn.contextOf(index))
      } catch (error) {
        throw fn.located(error, index)
      }
      if (typeof result === 'object' || result === undefined) {
        result = fn.settle(result, index)
        if (result instanceof Promise) return i + 1 === calls.length ? result : this.#applyLater(result, i + 1)
      }
      element = result
    }
    return element
  }

  async #applyLater(pending: Promise<unknown>, first: number): Promise<unknown> {
    return await this.apply(await pending, first)
  }
}
