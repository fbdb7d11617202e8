import { FailedPreconditionError } from './errors.ts'
import type { PlanNode } from './stage.ts'

/** The operations of a plan as text, inputs first, each with the arguments that results depend on. */
export function planText(node: PlanNode): string[] {
  const { name, args, tuning = [] } = node.stage
  const shown = Object.entries(args).filter(([key, value]) => !tuning.includes(key) && typeof value !== 'function')
  const text = shown.map(([key, value]) => `${key}: ${value === Infinity ? 'Infinity' : JSON.stringify(value)}`)
  return [...node.inputs.flatMap(planText), `${name}(${text.join(', ')})`]
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
