import type { PlanNode } from '../../core/stage.ts'
import { rewritten, stageFor } from './rewritten.ts'

/** Lets a stage that can make batches of its elements at once do so, in place of the batch after it. */
export function batchAtSource(node: PlanNode): PlanNode | undefined {
  const { batches } = node.stage.hints ?? {}
  if (batches === undefined) return undefined
  const [input] = node.inputs
  const batched = input.stage.hints?.batched
  if (batched === undefined) return undefined
  return rewritten(node, stageFor(node, { args: node.stage.args, ...batched(batches) }), input.inputs)
}
