import { specToJson, type Json, type PlanNode } from '../../index.ts'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import type { PipelineArguments } from './command.ts'
import { loadPipeline } from './loadPipeline.ts'

/** An operation of a plan, for programs. */
interface PlanJson {
  readonly name: string
  /** The operation with those before it. */
  readonly path: string
  readonly args: Readonly<Record<string, unknown>>
  readonly cardinality: number | 'infinite' | 'unknown'
  /** What is known of an element; null where nothing is. */
  readonly spec: Json
  readonly inputs: readonly PlanJson[]
}

/** Prints the plan of a pipeline. */
export async function explain(pipeline: string, options: PipelineArguments, terminal: Terminal): Promise<void> {
  const dataset = await loadPipeline(pipeline, options.args)
  if (!options.json) printLine(terminal, dataset.explain())
  else printJson(terminal, { pipeline, written: planJson(dataset.node), runs: planJson(dataset.optimized) })
}

function planJson({ stage, path, cardinality, spec, inputs }: PlanNode): PlanJson {
  return {
    name: stage.name,
    path,
    args: argsJson(stage.args),
    cardinality: cardinality === Infinity ? 'infinite' : (cardinality ?? 'unknown'),
    spec: spec === undefined ? null : specToJson(spec),
    inputs: inputs.map(planJson),
  }
}

/** Arguments as JSON; what that cannot hold, or holds at length, is named. */
function argsJson(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(args, (_, part: unknown) => {
    if (typeof part === 'function') return `function ${part.name === '' ? '(anonymous)' : part.name}`
    if (typeof part === 'bigint') return `${part}n`
    if (typeof part === 'number' && !Number.isFinite(part)) return String(part)
    return ArrayBuffer.isView(part) ? `${part.constructor.name} of ${part.byteLength} bytes` : part
  })
  return JSON.parse(text) as Record<string, unknown>
}
