import { checkOptions } from '../../core/checks.ts'
import { checkRate, checkSteps, type Schedule } from './schedule.ts'

/** Options of `warmup`. */
export interface WarmupOptions {
  /** Steps that it takes. */
  readonly steps: number
  /** The rate of the first step; 0 by default. */
  readonly initialLearningRate?: number
  /** What comes after; its step 0 is the first one after the warm-up. Or one rate. */
  readonly then: number | Schedule
}

/**
 * A straight line from a small rate up to the first one of a schedule, then that schedule, as the warm-up of
 * `tf.keras.optimizers.schedules.CosineDecay`.
 *
 * @throws InvalidArgumentError where a rate is negative or `steps` no whole number from 1
 * @example
 * const after = cosineDecay({ initialLearningRate: 0.01, decaySteps: 900 })
 * const schedule = warmup({ steps: 100, then: after })
 * schedule(50) // 0.005
 */
export function warmup(options: WarmupOptions): Schedule {
  checkOptions('warmup', options, ['steps', 'initialLearningRate', 'then'])
  const steps = checkSteps('warmup', 'steps', options.steps)
  const initial = checkRate('warmup', 'initialLearningRate', options.initialLearningRate ?? 0)
  const { then } = options
  const schedule: Schedule = typeof then === 'number' ? constant(checkRate('warmup', 'then', then)) : then
  const target = schedule(0)
  return (step) => (step < steps ? initial + ((target - initial) * step) / steps : schedule(step - steps))
}

function constant(rate: number): Schedule {
  return () => rate
}
