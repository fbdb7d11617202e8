import { checkOptions } from '../../core/checks.ts'
import { checkRate, checkSteps, type Schedule } from './schedule.ts'

/** Options of `cosineDecay`. */
export interface CosineDecayOptions {
  /** The rate of the first step. */
  readonly initialLearningRate: number
  /** Steps until the rate is at its least, where it stays. */
  readonly decaySteps: number
  /** The least rate as a share of the initial one; 0 by default. */
  readonly alpha?: number
}

/**
 * Half a cosine from `initialLearningRate` to `alpha` times it (Loshchilov and Hutter, "SGDR", 2017;
 * `tf.keras.optimizers.schedules.CosineDecay`). `warmup` puts its warm-up before it.
 *
 * @throws InvalidArgumentError where a rate is negative or `decaySteps` no whole number from 1
 * @example
 * const schedule = cosineDecay({ initialLearningRate: 0.002, decaySteps: 600 })
 * schedule(300) // 0.001
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  checkOptions('cosineDecay', options, ['initialLearningRate', 'decaySteps', 'alpha'])
  const initial = checkRate('cosineDecay', 'initialLearningRate', options.initialLearningRate)
  const decaySteps = checkSteps('cosineDecay', 'decaySteps', options.decaySteps)
  const alpha = checkRate('cosineDecay', 'alpha', options.alpha ?? 0)
  return (step) => {
    const share = Math.min(step, decaySteps) / decaySteps
    return initial * ((1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * share)) + alpha)
  }
}
