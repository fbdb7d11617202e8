import { checkOptions } from '../../core/checks.ts'
import { checkRate, checkSteps, type Schedule } from './schedule.ts'

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps after which the rate is `decayRate` times what it was. */
  readonly decaySteps: number
  readonly decayRate: number
  /** Whether it falls in jumps, each `decaySteps`; false by default. */
  readonly staircase?: boolean
}

/**
 * `initialLearningRate * decayRate ** (step / decaySteps)` (`tf.keras.optimizers.schedules.ExponentialDecay`).
 *
 * @throws InvalidArgumentError where a rate is negative or `decaySteps` no whole number from 1
 * @example
 * const schedule = exponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 })
 * schedule(100) // 0.05
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  checkOptions('exponentialDecay', options, ['initialLearningRate', 'decaySteps', 'decayRate', 'staircase'])
  const initial = checkRate('exponentialDecay', 'initialLearningRate', options.initialLearningRate)
  const decayRate = checkRate('exponentialDecay', 'decayRate', options.decayRate)
  const decaySteps = checkSteps('exponentialDecay', 'decaySteps', options.decaySteps)
  const { staircase = false } = options
  return (step) => {
    const decays = step / decaySteps
    return initial * decayRate ** (staircase ? Math.floor(decays) : decays)
  }
}
