import * as tf from '@tensorflow/tfjs'
import { wrongArgument } from '../../core/checks.ts'
import { adamKernel } from '../backend/wasm/adamUpdate.ts'
import {
  checkOptimizerOptions,
  ResumableOptimizer,
  type OptimizerOptions,
  type Updated,
  type UpdateStep,
} from './resumableOptimizer.ts'

/** Options of `adam`, with TensorFlow's names and defaults. The learning rate is 0.001 by default. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients; 0.9 by default. */
  readonly beta1?: number
  /** Decay of the mean of their squares; 0.999 by default. */
  readonly beta2?: number
  /** Keeps the division from overflowing; 1e-7 by default. */
  readonly epsilon?: number
}

/**
 * Adam (Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015; `tf.keras.optimizers.Adam`).
 *
 * tfjs's own multiplies its bias correction on from step to step, and a restored one computes it anew, so that the two
 * differ in the last bits. Here it is a function of the step alone, and resuming is exact.
 *
 * @example
 * model.compile({ optimizer: adam({ learningRate: 1e-3 }), loss: 'sparseCategoricalCrossentropy' })
 */
export function adam(options: AdamOptions = {}): ResumableOptimizer {
  checkOptimizerOptions('adam', options, ['beta1', 'beta2', 'epsilon'])
  return new Adam(options)
}

class Adam extends ResumableOptimizer {
  static readonly className = 'MillraceAdam'
  readonly #beta1: number
  readonly #beta2: number
  readonly #epsilon: number

  constructor({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, ...common }: AdamOptions = {}) {
    super('adam', common, 0.001, ['m', 'v'])
    for (const [name, value] of Object.entries({ beta1, beta2 })) {
      if (!(value >= 0 && value < 1)) throw wrongArgument('adam', name, 'from 0 to below 1', value)
    }
    this.#beta1 = beta1
    this.#beta2 = beta2
    this.#epsilon = epsilon
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), beta1: this.#beta1, beta2: this.#beta2, epsilon: this.#epsilon }
  }

  protected update(
    weight: tf.Tensor,
    gradient: tf.Tensor,
    [mean, square]: readonly tf.Tensor[],
    { learningRate, step }: UpdateStep,
  ): Updated {
    const [beta1, beta2] = [this.#beta1, this.#beta2]
    // The step size with both bias corrections.
    const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step)
    if ((tf.getKernel(adamKernel, tf.getBackend()) as tf.KernelConfig | undefined) !== undefined) {
      const attributes = { beta1, beta2, rate, epsilon: this.#epsilon }
      const updated = tf.engine().runKernel<tf.Tensor[]>(adamKernel, { weight, gradient, mean, square }, attributes)
      return { value: updated[0], slots: updated.slice(1) }
    }
    const newMean = mean.mul(beta1).add(gradient.mul(1 - beta1))
    const newSquare = square.mul(beta2).add(gradient.square().mul(1 - beta2))
    const value = weight.sub(newMean.mul(rate).div(newSquare.sqrt().add(this.#epsilon)))
    return { value, slots: [newMean, newSquare] }
  }
}

tf.serialization.registerClass(Adam)
