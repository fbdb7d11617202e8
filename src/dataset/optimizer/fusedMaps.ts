import { after, END, isEnd, skipElements, type Cursor, type Pull } from '../../core/cursor.ts'
import type { PlanNode, Stage, Upstream } from '../../core/stage.ts'
import type { State } from '../../core/state.ts'
import { MapChain, openMaps, savedInFlight } from './mapChain.ts'
import { rewritten, stageFor } from './rewritten.ts'

/** The maps that a fused stage stands for, the first one first. */
const members = new WeakMap<Stage, readonly PlanNode[]>()

/** Makes one stage of two maps that follow each other; either may be fused already. */
export function fuseMaps(node: PlanNode): PlanNode | undefined {
  const maps = mapsOf(node)
  if (maps.length !== 1) return undefined
  const before = mapsOf(node.inputs[0])
  if (before.length === 0) return undefined
  return rewritten(node, fusedMaps([...before, ...maps]), node.inputs[0].inputs)
}

/** The maps of a node, or none where it is no map. */
export function mapsOf(node: PlanNode): readonly PlanNode[] {
  if (node.stage.hints?.maps !== undefined) return [node]
  return members.get(node.stage) ?? []
}

function fusedMaps(maps: readonly PlanNode[]): Stage {
  const stage = stageFor(maps[maps.length - 1], {
    name: 'fusedMap',
    args: { maps: maps.length },
    open: ([upstream], context, state) =>
      savedInFlight(maps.length, state)
        ? openMaps(maps, upstream, context, state)
        : new FusedMapCursor(upstream, new MapChain(maps, context), state),
  })
  members.set(stage, maps)
  return stage
}

/** Several maps in one cursor. Its state is that of the maps one within the other. */
class FusedMapCursor implements Cursor<unknown> {
  readonly #upstream: Cursor<unknown>
  readonly #chain: MapChain

  constructor(upstream: Upstream, chain: MapChain, state?: State) {
    this.#upstream = upstream.open(chain.restore(state))
    this.#chain = chain
  }

  next(): Pull<unknown> {
    // Counted before the pull, for an element that fails upstream is counted too.
    const index = this.#chain.index++
    const element = this.#upstream.next()
    if (element instanceof Promise) return element.then((settled) => this.#apply(settled, index))
    return this.#apply(element, index)
  }

  skip(count: number): number | Promise<number> {
    return after(skipElements(this.#upstream, count), (skipped) => {
      this.#chain.index += skipped
      return skipped
    })
  }

  state(): State {
    return this.#chain.state(this.#upstream.state())
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #apply(element: unknown, index: number): unknown {
    if (!isEnd(element)) return this.#chain.apply(element, index)
    this.#chain.index = index
    return END
  }
}
