import { CollectCursor } from '../../core/collectCursor.ts'
import { END, isEnd, skipElements, type Cursor, type Pull } from '../../core/cursor.ts'
import type { MadeOf } from '../../core/hints.ts'
import type { PlanNode, Stage, Upstream } from '../../core/stage.ts'
import type { State } from '../../core/state.ts'
import { rewritten, stageFor } from './rewritten.ts'

type AnyMadeOf = MadeOf<unknown, unknown>

/** A plan that gives what stands in for elements, and how the elements are made of that. */
interface StandIns {
  readonly plan: PlanNode
  readonly madeOf: AnyMadeOf
}

/** The stand-ins that a `made` stage makes elements of. */
const makers = new WeakMap<Stage, AnyMadeOf>()

/**
 * Shuffles stand-ins rather than elements: a buffer of row numbers in place of rows.
 *
 * @param rewrite what else may be done with a node that passes stand-ins on
 */
export function shuffleStandIns(node: PlanNode, rewrite: (node: PlanNode) => PlanNode): PlanNode | undefined {
  const { transparent, buffers } = node.stage.hints ?? {}
  if (transparent !== true) return undefined
  if (buffers !== true && !makers.has(node.inputs[0].stage)) return undefined
  const found = standInsOf(node, rewrite)
  return found && rewritten(node, made(node, found.madeOf), [found.plan])
}

/** Makes batches of stand-ins at once: the rows of a batch are gathered, each copied once. */
export function gatherBatch(node: PlanNode, rewrite: (node: PlanNode) => PlanNode): PlanNode | undefined {
  const { batches } = node.stage.hints ?? {}
  if (batches === undefined) return undefined
  const found = standInsOf(node.inputs[0], rewrite)
  if (found === undefined) return undefined
  const { batchSize, dropRemainder } = batches
  const stage = stageFor(node, {
    name: 'gatherBatch',
    args: node.stage.args,
    open: ([upstream], context, state) =>
      new CollectCursor(upstream, { batchSize, dropRemainder, join: found.madeOf.batcher() }, context, state),
  })
  return rewritten(node, stage, [found.plan])
}

/** The stand-ins for the elements of a node, where nothing between it and their source looks into the elements. */
function standInsOf(node: PlanNode, rewrite: (node: PlanNode) => PlanNode): StandIns | undefined {
  const maker = makers.get(node.stage)
  if (maker !== undefined) return { plan: node.inputs[0], madeOf: maker }
  const { transparent } = node.stage.hints ?? {}
  const madeOf = node.stage.hints?.madeOf as AnyMadeOf | undefined
  if (madeOf !== undefined) {
    const stage: Stage = Object.freeze({ ...madeOf.stage(), name: 'standIns', args: { of: node.stage.name } })
    return { plan: rewritten(node, stage, node.inputs), madeOf }
  }
  if (transparent !== true) return undefined
  const found = standInsOf(node.inputs[0], rewrite)
  return found && { plan: rewrite(rewritten(node, node.stage, [found.plan])), madeOf: found.madeOf }
}

/** The stage that makes elements of stand-ins, with their state. */
function made(node: PlanNode, madeOf: AnyMadeOf): Stage {
  const stage = stageFor(node, {
    name: 'made',
    args: {},
    open: ([upstream], _context, state) => new MadeCursor(upstream, madeOf, state),
  })
  makers.set(stage, madeOf)
  return stage
}

class MadeCursor implements Cursor<unknown> {
  readonly #upstream: Cursor<unknown>
  readonly #madeOf: AnyMadeOf

  constructor(upstream: Upstream, madeOf: AnyMadeOf, state?: State) {
    this.#upstream = upstream.open(state)
    this.#madeOf = madeOf
  }

  next(): Pull<unknown> {
    const standIn = this.#upstream.next()
    if (standIn instanceof Promise) return standIn.then((settled) => this.#make(settled))
    return this.#make(standIn)
  }

  skip(count: number): number | Promise<number> {
    return skipElements(this.#upstream, count)
  }

  state(): State {
    return this.#upstream.state()
  }

  close(): void | Promise<void> {
    return this.#upstream.close()
  }

  #make(standIn: unknown): unknown {
    return isEnd(standIn) ? END : this.#madeOf.make(standIn)
  }
}
