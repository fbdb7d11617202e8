import type { PlanNode, Stage } from '../../core/stage.ts'
import { rewritten, stageFor } from './rewritten.ts'

/** Makes one stage of a source of numbers that follow each other and of what buffers them. */
export function overNumbers(node: PlanNode): PlanNode | undefined {
  const over = node.stage.hints?.overNumbers
  const { stage: source } = node.inputs[0]
  const numbers = source.hints?.numbers
  if (over === undefined || numbers === undefined) return undefined
  const args = { of: source.args['of'] ?? source.name, ...node.stage.args }
  const stage: Stage = { ...stageFor(node, { args, ...over(numbers, source) }), hints: { buffers: true } }
  return rewritten(node, Object.freeze(stage), [])
}
