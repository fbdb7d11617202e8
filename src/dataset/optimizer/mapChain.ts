import type { Cursor } from '../../core/cursor.ts'
import { contextOf, type PlanNode, type Stage, type StageContext, type Upstream } from '../../core/stage.ts'
import type { State } from '../../core/state.ts'
import { UserFunction, type ElementFunction } from '../../core/userFunction.ts'

/** The state of a map: within that of the map after it. */
interface MapState {
  readonly index: number
  readonly upstream: State
}

/** Whether one of so many maps had calls in flight when the state was saved: then they are opened one by one. */
export function savedInFlight(count: number, state: State | undefined): boolean {
  let inner = state
  for (let i = 0; i < count && inner !== undefined; i++) {
    if ('done' in inner) return true
    inner = inner.upstream as State | undefined
  }
  return false
}

/** Opens maps as they were written. */
export function openMaps(
  maps: readonly PlanNode[],
  upstream: Upstream,
  context: StageContext,
  state?: State,
): Cursor<unknown> {
  const last = maps[maps.length - 1]
  const before = maps.slice(0, -1)
  const input =
    before.length === 0
      ? upstream
      : { ...upstream, open: (inner?: State) => openMaps(before, upstream, context, inner) }
  return (last.stage as Stage<unknown>).open([input], contextOf(last, context), state)
}

/**
 * The functions of maps that follow each other, each with its own path and random key. An element that fails counts in
 * each of them, so that all have one index.
 */
export class MapChain {
  /** Elements that came to the maps. */
  index = 0
  readonly #calls: readonly ElementFunction<unknown, unknown>[]
  readonly #functions: readonly UserFunction<unknown, unknown>[]

  /** @param maps the nodes as they were written, the first one first */
  constructor(maps: readonly PlanNode[], context: StageContext) {
    this.#calls = maps.map((map) => map.stage.hints?.maps as ElementFunction<unknown, unknown>)
    this.#functions = maps.map((map, i) => new UserFunction(this.#calls[i], contextOf(map, context)))
  }

  /** Takes the index out of the states of the maps; gives what is left, the upstream's. */
  restore(state: State | undefined): State | undefined {
    if (state === undefined) return undefined
    let inner = state
    for (let i = 0; i < this.#calls.length; i++) {
      const { index, upstream } = inner as unknown as MapState
      this.index = index
      inner = upstream
    }
    return inner
  }

  /** The states of the maps, one within the other, round that of the upstream. */
  state(upstream: State): State {
    return this.#calls.reduce<State>((inner) => ({ index: this.index, upstream: inner }), upstream)
  }

  /** Applies the functions, from `first` on, to the element of an index. */
  apply(element: unknown, index: number, first = 0): unknown {
    const calls = this.#calls
    for (let i = first; i < calls.length; i++) {
      const fn = this.#functions[i]
      let result
      try {
        result = calls[i](element, fn.contextOf(index))
      } catch (error) {
        throw fn.located(error, index)
      }
      if (typeof result === 'object' || result === undefined) {
        result = fn.settle(result, index)
        if (result instanceof Promise) return i + 1 === calls.length ? result : this.#applyLater(result, index, i + 1)
      }
      element = result
    }
    return element
  }

  async #applyLater(pending: Promise<unknown>, index: number, first: number): Promise<unknown> {
    return await this.apply(await pending, index, first)
  }
}
