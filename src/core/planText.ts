import { FailedPreconditionError } from './errors.ts'
import type { PlanNode, Stage } from './stage.ts'
import { AUTOTUNE } from './tuner.ts'

/**
 * The operations of a plan as text, inputs first, each with the arguments that results depend on. One that changes
 * nothing but speed is left out.
 */
export function planText(node: PlanNode): string[] {
  const { tuning = [] } = node.stage
  const inputs = node.inputs.flatMap(planText)
  if (onlyTunes(node.stage)) return inputs
  return [...inputs, stageText(node.stage, (name) => !tuning.includes(name))]
}

/** Whether an operation sets nothing but what changes speed alone. */
export function onlyTunes({ hints, args, tuning = [] }: Stage): boolean {
  return hints?.options !== undefined && Object.keys(args).every((name) => tuning.includes(name))
}

/** An operation as text, with those arguments that `shown` says, but without functions. */
export function stageText({ name, args, tuning }: Stage, shown: (argument: string) => boolean): string {
  const list = Object.entries(args).filter(([key, value]) => shown(key) && typeof value !== 'function')
  const text = (key: string, value: unknown): string =>
    value === AUTOTUNE && tuning?.includes(key) === true ? 'AUTOTUNE' : show(value)
  return `${name}(${list.map(([key, value]) => `${key}: ${text(key, value)}`).join(', ')})`
}

/** An argument as text; what JSON cannot hold, or holds at length, is named. */
function show(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (value === undefined) return 'undefined'
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'object' ? nameArray(part) : plain(part)))
}

function plain(part: unknown): unknown {
  if (typeof part === 'bigint') return `${part}n`
  return typeof part === 'number' && !Number.isFinite(part) ? String(part) : part
}

function nameArray(part: object | null): unknown {
  return ArrayBuffer.isView(part) ? `${part.constructor.name} of ${part.byteLength} bytes` : part
}

/**
 * Refuses a state that was saved by another plan.
 *
 * @param operation what is being restored, to begin the message with
 * @throws FailedPreconditionError naming the first operation that differs
 */
export function checkSamePlan(operation: string, saved: readonly string[], plan: readonly string[]): void {
  const length = Math.max(saved.length, plan.length)
  for (let place = 0; place < length; place++) {
    if (saved.at(place) === plan.at(place)) continue
    const [was, is] = [saved.at(place) ?? 'absent', plan.at(place) ?? 'absent']
    throw new FailedPreconditionError(
      `${operation}: state was saved by another pipeline: operation ${place} was ${was}, and is ${is}.`,
      { hint: 'Restore it with the same operations and arguments.' },
    )
  }
}
