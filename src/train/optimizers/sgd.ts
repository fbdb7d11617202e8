import * as tf from '@tensorflow/tfjs'
import { wrongArgument } from '../../core/checks.ts'
import {
  checkOptimizerOptions,
  ResumableOptimizer,
  type OptimizerOptions,
  type Updated,
  type UpdateStep,
} from './resumableOptimizer.ts'

/** Options of `sgd`, with TensorFlow's names and defaults. The learning rate is 0.01 by default. */
export interface SgdOptions extends OptimizerOptions {
  /** Share of the last update that is added to the next, from 0 to below 1; 0 by default. */
  readonly momentum?: number
  /** Whether the gradient counts as if the momentum's step had been taken; false by default. */
  readonly nesterov?: boolean
}

/**
 * Gradient descent, with momentum if wanted (`tf.keras.optimizers.SGD`).
 *
 * @example
 * model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: 'meanSquaredError' })
 */
export function sgd(options: SgdOptions = {}): ResumableOptimizer {
  checkOptimizerOptions('sgd', options, ['momentum', 'nesterov'])
  return new Sgd(options)
}

class Sgd extends ResumableOptimizer {
  static readonly className = 'MillraceSGD'
  readonly #momentum: number
  readonly #nesterov: boolean

  constructor({ momentum = 0, nesterov = false, ...common }: SgdOptions = {}) {
    super('sgd', common, 0.01, momentum === 0 ? [] : ['momentum'])
    if (!(momentum >= 0 && momentum < 1)) throw wrongArgument('sgd', 'momentum', 'from 0 to below 1', momentum)
    this.#momentum = momentum
    this.#nesterov = nesterov
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), momentum: this.#momentum, nesterov: this.#nesterov }
  }

  protected update(
    weight: tf.Tensor,
    gradient: tf.Tensor,
    slots: readonly tf.Tensor[],
    { learningRate }: UpdateStep,
  ): Updated {
    const down = gradient.mul(-learningRate)
    if (this.#momentum === 0) return { value: weight.add(down), slots: [] }
    const velocity = slots[0].mul(this.#momentum).add(down)
    const move = this.#nesterov ? velocity.mul(this.#momentum).add(down) : velocity
    return { value: weight.add(move), slots: [velocity] }
  }
}

tf.serialization.registerClass(Sgd)
