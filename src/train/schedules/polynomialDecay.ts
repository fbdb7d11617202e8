import { checkOptions } from '../../core/checks.ts'
import { checkRate, checkSteps, type Schedule } from './schedule.ts'

/** Options of `polynomialDecay`. */
export interface PolynomialDecayOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps until the rate is `endLearningRate`, where it stays. */
  readonly decaySteps: number
  /** 0.0001 by default. */
  readonly endLearningRate?: number
  /** 1, a straight line, by default. */
  readonly power?: number
}

/**
 * From one rate to another along `(1 - step / decaySteps) ** power` (`tf.keras.optimizers.schedules.PolynomialDecay`).
 *
 * @throws InvalidArgumentError where a rate is negative or `decaySteps` no whole number from 1
 * @example
 * const schedule = polynomialDecay({ initialLearningRate: 0.1, decaySteps: 100, endLearningRate: 0 })
 * schedule(75) // 0.025
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  checkOptions('polynomialDecay', options, ['initialLearningRate', 'decaySteps', 'endLearningRate', 'power'])
  const initial = checkRate('polynomialDecay', 'initialLearningRate', options.initialLearningRate)
  const decaySteps = checkSteps('polynomialDecay', 'decaySteps', options.decaySteps)
  const end = checkRate('polynomialDecay', 'endLearningRate', options.endLearningRate ?? 0.0001)
  const power = checkRate('polynomialDecay', 'power', options.power ?? 1)
  return (step) => (initial - end) * (1 - Math.min(step, decaySteps) / decaySteps) ** power + end
}
