import { wrongArgument } from '../../core/checks.ts'
import { InvalidArgumentError } from '../../core/errors.ts'
import type { Logs } from '../fitReport.ts'
import type { TrainContext } from './callback.ts'

/** Which measure decides, and which way is better. */
export interface MonitorOptions {
  /** `loss`, `accuracy`, `valLoss`, `valAccuracy`, or `val` and the name of a metric, as `valRmse`; `valLoss` by default. */
  readonly monitor?: string
  /** Whether less or more is better; `auto`, the default, is more for a name with `accuracy` in it, and else less. */
  readonly mode?: 'auto' | 'min' | 'max'
  /** By how much a value must be better to count; 0 by default. */
  readonly minDelta?: number
}

/** Follows one measure and knows the best value so far. */
export class Monitor {
  readonly name: string
  /** Whether it is a measure of validation; else it is one of passes. */
  readonly ofValidation: boolean
  readonly #operation: string
  readonly #sign: 1 | -1
  readonly #minDelta: number
  /** The best value so far; undefined before the first one. */
  best: number | undefined

  constructor(operation: string, { monitor = 'valLoss', mode = 'auto', minDelta = 0 }: MonitorOptions) {
    if (!['auto', 'min', 'max'].includes(mode)) throw wrongArgument(operation, 'mode', 'auto, min or max', mode)
    if (!(minDelta >= 0)) throw wrongArgument(operation, 'minDelta', 'a number of at least 0', minDelta)
    this.#operation = operation
    this.name = monitor
    this.ofValidation = monitor.startsWith('val')
    this.#sign = mode === 'max' || (mode === 'auto' && /accuracy/i.test(monitor)) ? 1 : -1
    this.#minDelta = minDelta
  }

  /**
   * Refuses a run that will never measure it.
   *
   * @throws InvalidArgumentError where it is a measure of validation, and there is none
   */
  check({ validates }: Pick<TrainContext, 'validates'>): void {
    if (validates || !this.ofValidation) return
    throw new InvalidArgumentError(`${this.#operation}: ${this.name} is not measured: the run has no validation.`, {
      hint: "Give fit the option validation, or monitor a measure of training, as in monitor: 'loss'.",
    })
  }

  /**
   * Looks at new measures.
   *
   * @returns whether the value is the best so far
   * @throws InvalidArgumentError where it is not among them, naming those that are
   */
  isBest(logs: Logs): boolean {
    const value = logs[this.name] as number | undefined
    if (value === undefined) {
      throw new InvalidArgumentError(`${this.#operation}: there is no measure ${this.name} to monitor.`, {
        hint: `There are ${Object.keys(logs).join(', ')}.`,
      })
    }
    const better = this.best === undefined || this.#sign * (value - this.best) > this.#minDelta
    // NaN is no best value, neither the first nor later.
    if (!better || Number.isNaN(value)) return false
    this.best = value
    return true
  }
}
