import { stageText } from '../core/planText.ts'
import { specText } from '../core/spec.ts'
import type { Cardinality, PlanNode } from '../core/stage.ts'

/**
 * A plan as text, twice: as it was written and as it runs. The last operation stands first, its inputs below it, each
 * with the number of its elements and what is known of one.
 */
export function explain(written: PlanNode, runs: PlanNode): string {
  return ['as written', ...linesOf(written), 'as it runs', ...linesOf(runs)].join('\n')
}

interface Line {
  readonly operation: string
  readonly elements: string
}

function linesOf(node: PlanNode): string[] {
  const lines = nodeLines(node, 1)
  const width = Math.max(...lines.map(({ operation }) => operation.length))
  return lines.map(({ operation, elements }) => `${operation.padEnd(width)}  ${elements}`)
}

function nodeLines(node: PlanNode, depth: number): Line[] {
  const operation = `${'  '.repeat(depth)}${stageText(node.stage, () => true)}`
  const elements = `${countText(node.cardinality)} of ${specText(node.spec)}`
  return [{ operation, elements }, ...node.inputs.flatMap((input) => nodeLines(input, depth + 1))]
}

function countText(cardinality: Cardinality): string {
  if (cardinality === undefined) return 'unknown number'
  return cardinality === Infinity ? 'no end' : String(cardinality)
}
