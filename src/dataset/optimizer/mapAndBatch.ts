import { after, END, skipElements, type Cursor, type Pull } from '../../core/cursor.ts'
import type { Batching } from '../../core/hints.ts'
import type { PlanNode, Upstream } from '../../core/stage.ts'
import type { State } from '../../core/state.ts'
import { mapsOf } from './fusedMaps.ts'
import { MapChain } from './mapChain.ts'
import { rewritten, stageFor } from './rewritten.ts'

/** Makes one stage of maps and the batch after them. */
export function mapAndBatch(node: PlanNode): PlanNode | undefined {
  const batches = node.stage.hints?.batches as Batching<unknown, unknown> | undefined
  if (batches === undefined) return undefined
  const maps = mapsOf(node.inputs[0])
  if (maps.length === 0) return undefined
  const stage = stageFor(node, {
    name: 'mapAndBatch',
    args: { maps: maps.length, ...node.stage.args },
    open: ([upstream], context, state) => {
      const make = batches.stacker(node.inputs[0].spec, context)
      return new MapAndBatchCursor(upstream, new MapChain(maps, context), { ...batches, make }, state)
    },
  })
  return rewritten(node, stage, node.inputs[0].inputs)
}

interface Making {
  readonly batchSize: number
  readonly dropRemainder: boolean
  readonly make: (rows: readonly unknown[], first: number) => unknown
}

interface BatchState {
  readonly index: number
  readonly upstream: State
}

/** Maps and a batch in one cursor. Its state is that of the batch, with those of the maps within it. */
class MapAndBatchCursor implements Cursor<unknown> {
  readonly #upstream: Cursor<unknown>
  readonly #chain: MapChain
  readonly #batching: Making
  #rows: unknown[] = []
  #filled = 0
  /** Elements that came through the maps. */
  #index: number

  constructor(upstream: Upstream, chain: MapChain, batching: Making, state?: State) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<BatchState>
    this.#upstream = upstream.open(chain.restore(inner))
    this.#chain = chain
    this.#batching = batching
    this.#index = index
  }

  next(): Pull<unknown> {
    this.#filled = 0
    const { batchSize } = this.#batching
    while (this.#filled < batchSize) {
      const element = this.#upstream.next()
      if (element instanceof Promise) return this.#nextLater(element)
      if (element === END) break
      const mapped = this.#chain.apply(element)
      if (mapped instanceof Promise) return this.#nextLater(undefined, mapped)
      this.#add(mapped)
    }
    return this.#emit()
  }

  skip(count: number): number | Promise<number> {
    const { batchSize, dropRemainder } = this.#batching
    return after(skipElements(this.#upstream, count * batchSize), (skipped) => {
      this.#chain.pass(skipped)
      this.#index += skipped
      return dropRemainder ? Math.floor(skipped / batchSize) : Math.ceil(skipped / batchSize)
    })
  }

  state(): State {
    return { index: this.#index, upstream: this.#chain.state(this.#upstream.state()) }
  }

  close(): void | Promise<void> {
    this.#rows = []
    return this.#upstream.close()
  }

  /** Goes on where an element, or what a function makes of it, must be waited for. */
  async #nextLater(pending: Pull<unknown>, mapped?: Promise<unknown>): Promise<unknown> {
    let element = mapped === undefined ? await pending : undefined
    if (mapped !== undefined) this.#add(await mapped)
    for (;;) {
      if (mapped === undefined) {
        if (element === END) break
        const made = this.#chain.apply(element)
        this.#add(made instanceof Promise ? await made : made)
      }
      mapped = undefined
      if (this.#filled >= this.#batching.batchSize) break
      const next = this.#upstream.next()
      element = next instanceof Promise ? await next : next
    }
    return this.#emit()
  }

  #add(row: unknown): void {
    this.#rows[this.#filled++] = row
    this.#index++
  }

  #emit(): unknown {
    const { batchSize, dropRemainder, make } = this.#batching
    const filled = this.#filled
    if (filled === 0 || (dropRemainder && filled < batchSize)) return END
    return make(filled === this.#rows.length ? this.#rows : this.#rows.slice(0, filled), this.#index - filled)
  }
}
