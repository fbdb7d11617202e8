import type { PlanNode } from '../../core/stage.ts'
import { batchAtSource } from './batchAtSource.ts'
import { fuseMaps } from './fusedMaps.ts'
import { mapAndBatch } from './mapAndBatch.ts'
import { overNumbers } from './overNumbers.ts'
import { rewritten } from './rewritten.ts'
import { gatherBatch, shuffleStandIns } from './standIns.ts'
import { workerMapAndBatch } from './workerMapAndBatch.ts'

/**
 * Rewrites a node whose inputs are rewritten already, or gives undefined.
 *
 * @param rewrite for a node that the rule makes in passing
 */
type Rule = (node: PlanNode, rewrite: (node: PlanNode) => PlanNode) => PlanNode | undefined

const rules: readonly Rule[] = [
  removeNoOp,
  fuseMaps,
  repeatAhead,
  shuffleStandIns,
  overNumbers,
  gatherBatch,
  mapAndBatch,
  workerMapAndBatch,
  batchAtSource,
]

/**
 * The plan as it runs: with the same elements, errors and states as the one that was written, made faster.
 *
 * - What changes nothing is left out.
 * - Maps that follow each other become one, and a map before a batch is done where the batch is filled.
 * - Rows of tensors are shuffled, taken and skipped by number, and a batch of them is gathered at once.
 * - Numbers that follow each other are shuffled in one array, and drawn many at a time.
 * - A source that can make batches at once does so: the records of TFRecord files are parsed straight into columns.
 * - A shuffle that is repeated begins to fill for the next pass while it empties.
 */
export function optimize<T>(node: PlanNode<T>): PlanNode<T> {
  // A source alone runs as it is, without more ado: functions make such datasets for every element.
  return node.inputs.length === 0 ? node : (optimized(node, new Map()) as PlanNode<T>)
}

/** @param known plans as they run, by those as they were written: a plan may use another one many times */
function optimized(node: PlanNode, known: Map<PlanNode, PlanNode>): PlanNode {
  if (node.inputs.length === 0) return node
  const before = known.get(node)
  if (before !== undefined) return before
  const inputs = node.stage.hints?.byIndex === true ? node.inputs : node.inputs.map((input) => optimized(input, known))
  const same = inputs.every((input, i) => input === node.inputs[i])
  const found = applyRules(same ? node : rewritten(node, node.stage, inputs))
  known.set(node, found)
  return found
}

function applyRules(node: PlanNode): PlanNode {
  if (node.inputs.length === 0) return node
  for (const rule of rules) {
    const better = rule(node, applyRules)
    if (better !== undefined) return applyRules(better)
  }
  return node
}

function removeNoOp(node: PlanNode): PlanNode | undefined {
  return node.stage.hints?.noOp === true ? node.inputs[0] : undefined
}

function repeatAhead(node: PlanNode): PlanNode | undefined {
  const { repeats } = node.stage.hints ?? {}
  if (repeats === undefined || node.inputs[0].stage.hints?.buffers !== true) return undefined
  return rewritten(node, repeats.ahead, node.inputs)
}
