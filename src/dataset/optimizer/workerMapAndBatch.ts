import type { Cursor, Pull } from '../../core/cursor.ts'
import { skipElements } from '../../core/cursor.ts'
import { contextOf, type PlanNode, type Upstream } from '../../core/stage.ts'
import type { State } from '../../core/state.ts'
import { rewritten, stageFor } from './rewritten.ts'

/** Makes one stage of a map that runs in workers and the batch after it: the workers stack what they made. */
export function workerMapAndBatch(node: PlanNode): PlanNode | undefined {
  const { batches } = node.stage.hints ?? {}
  if (batches === undefined) return undefined
  const [map] = node.inputs
  const { mapsInWorkers } = map.stage.hints ?? {}
  if (mapsInWorkers === undefined) return undefined
  const { batchSize, dropRemainder } = batches
  const stage = stageFor(node, {
    name: 'workerMapAndBatch',
    args: { ...map.stage.args, ...node.stage.args },
    open: ([upstream], context, state) => {
      const how = { path: context.path, batchSize, dropRemainder }
      const inner = state?.upstream as State | undefined
      return new WorkerBatchCursor(
        mapsInWorkers.openBatches(upstream as Upstream<never>, contextOf(map, context), how, inner),
      )
    },
  })
  return rewritten(node, stage, map.inputs)
}

/** Batches from workers, with the state of the batch and that of the map within it. */
class WorkerBatchCursor implements Cursor<unknown> {
  readonly #batches: Cursor<unknown>

  constructor(batches: Cursor<unknown>) {
    this.#batches = batches
  }

  get exhausted(): boolean {
    return this.#batches.exhausted === true
  }

  next(): Pull<unknown> {
    return this.#batches.next()
  }

  skip(count: number): number | Promise<number> {
    return skipElements(this.#batches, count)
  }

  state(): State {
    const upstream = this.#batches.state()
    const { index, done } = upstream as unknown as { readonly index: number; readonly done: readonly number[] }
    return { index: index + done.length, upstream }
  }

  close(): void | Promise<void> {
    return this.#batches.close()
  }
}
