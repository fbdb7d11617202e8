import { writtenNode, type PlanNode, type Stage } from '../../core/stage.ts'

/**
 * A node that stands for another with the same elements and state. It keeps the path, for errors, and the depth, which
 * random numbers are keyed by, and the node as it was written.
 */
export function rewritten(node: PlanNode, stage: Stage, inputs: readonly PlanNode[]): PlanNode {
  return Object.freeze({ ...node, stage, inputs: Object.freeze([...inputs]), written: writtenNode(node) })
}

/** The stage of such a node, which has the number and the spec of its elements. */
export function stageFor(node: PlanNode, { name, args, open }: Pick<Stage<unknown>, 'name' | 'args' | 'open'>): Stage {
  return Object.freeze({ name, args, cardinality: () => node.cardinality, spec: () => node.spec, open })
}
