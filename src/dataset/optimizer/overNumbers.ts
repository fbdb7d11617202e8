import type { PlanNode } from '../../core/stage.ts'
import { rewritten, stageFor } from './rewritten.ts'

/** Makes one stage of a source of numbers that follow each other and of what shuffles them. */
export function overNumbers(node: PlanNode): PlanNode | undefined {
  const { overNumbers: over, buffers } = node.stage.hints ?? {}
  const { stage: source } = node.inputs[0]
  const numbers = source.hints?.numbers
  if (over === undefined || numbers === undefined) return undefined
  const args = { of: source.args['of'] ?? source.name, ...node.stage.args }
  const stage = stageFor(node, { args, ...over(numbers, source) })
  return rewritten(node, buffers === true ? Object.freeze({ ...stage, hints: { buffers } }) : stage, [])
}
