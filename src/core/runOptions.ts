import { checkCount, checkFunction, wrongArgument } from './checks.ts'
import { FailedPreconditionError } from './errors.ts'
import type { PlanNode } from './stage.ts'
import { AUTOTUNE } from './tuner.ts'

/** Numbers that were tuned, by operation and argument: plain JSON. */
export type Tuning = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What an operation is known by in a Tuning: inner datasets made at one place are tuned together. */
export function tuningKey(path: string): string {
  return path.replace(/\[\d+\]/g, '')
}

/** What a stage of a pipeline waits for. */
export interface StalledStage {
  /** The operation with those before it. */
  readonly path: string
  /** As in `its input`, or `the call of its function on element 7`. */
  readonly waitingFor: string
  readonly waitedMs: number
}

/** What the watchdog tells: the consumer has waited for an element for longer than it may. */
export interface Stall {
  /** How long, in milliseconds. */
  readonly waitedMs: number
  /** The stages that wait, inputs before what is built on them. */
  readonly stages: readonly StalledStage[]
  /** All of it in one sentence. */
  readonly message: string
}

/** Options of a whole run. None of them changes elements, their order, or states. */
export interface RunOptions {
  /**
   * Bytes that the buffers of the pipeline may hold: those of `shuffle`, `prefetch`, and elements in flight. Reading ahead
   * gives way; a shuffle buffer that does not fit, and an element that is larger, are ResourceExhaustedErrors. No cap by
   * default.
   */
  readonly memory?: number
  /**
   * Whether what is AUTOTUNE is tuned while the pipeline runs; true by default. False leaves it where it begins, and
   * what `iterator.tuned()` gave sets it to that.
   */
  readonly autotune?: boolean | Tuning
  /** Milliseconds that the consumer may wait for one element before `onStall` is called; no watchdog by default. */
  readonly watchdogMs?: number
  /** Is told once a wait; by default one warning of the process is emitted. */
  readonly onStall?: (stall: Stall) => void
}

/** The names of the options. */
export const runOptionNames = ['memory', 'autotune', 'watchdogMs', 'onStall'] as const

/** Refuses what is no option of a run. */
export function checkRunOptions(operation: string, options: RunOptions): void {
  const { memory, autotune, watchdogMs, onStall } = options
  if (memory !== undefined) checkCount(operation, 'memory', memory, { min: 1 })
  if (watchdogMs !== undefined) checkCount(operation, 'watchdogMs', watchdogMs, { min: 1 })
  if (onStall !== undefined) checkFunction(operation, 'onStall', onStall)
  if (autotune === undefined || typeof autotune === 'boolean') return
  checkTuning(operation, 'autotune', autotune)
}

/** Refuses what `iterator.tuned()` cannot have given. */
export function checkTuning(operation: string, argument: string, tuning: unknown): void {
  if (!isObject(tuning)) throw wrongArgument(operation, argument, 'true, false or what iterator.tuned() gave', tuning)
  for (const [path, values] of Object.entries(tuning)) {
    if (!isObject(values)) throw wrongArgument(operation, `${argument}[${JSON.stringify(path)}]`, 'an object', values)
    for (const [name, value] of Object.entries(values)) {
      checkCount(operation, `${argument}[${JSON.stringify(path)}].${name}`, value)
    }
  }
}

/**
 * Refuses a tuning that was made of another plan. What is tuned in inner datasets shows only when they run.
 *
 * @throws FailedPreconditionError naming an operation that is not there
 */
export function checkTuned(operation: string, tuning: Tuning, node: PlanNode): void {
  const known = new Set(tunedIn(node))
  for (const path of Object.keys(tuning)) {
    if (path.includes(' > ') || known.has(path)) continue
    throw new FailedPreconditionError(`${operation}: the tuning names ${path}, where nothing is AUTOTUNE.`, {
      hint: known.size === 0 ? 'Nothing is in this dataset.' : `It is in ${[...known].join(', ')}.`,
    })
  }
}

function tunedIn(node: PlanNode): string[] {
  const { args, tuning = [] } = node.stage
  const own = tuning.some((name) => args[name] === AUTOTUNE) ? [node.path] : []
  return [...node.inputs.flatMap(tunedIn), ...own]
}

/** The options that are set in a plan; where one is set several times, the last operation decides. */
export function runOptionsOf(node: PlanNode): RunOptions {
  const before = node.inputs.map(runOptionsOf)
  const { options } = node.stage.hints ?? {}
  return Object.assign({}, ...before.reverse(), options) as RunOptions
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
