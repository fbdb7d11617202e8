import * as tf from '@tensorflow/tfjs'
import { wrongArgument } from '../../core/checks.ts'
import {
  checkOptimizerOptions,
  ResumableOptimizer,
  type OptimizerOptions,
  type Updated,
  type UpdateStep,
} from './resumableOptimizer.ts'

/** Options of `rmsprop`, with TensorFlow's names and defaults. The learning rate is 0.001 by default. */
export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the mean of the squared gradients; 0.9 by default. */
  readonly rho?: number
  /** Share of the last update that is added to the next; 0 by default. */
  readonly momentum?: number
  /** Keeps the division from overflowing; 1e-7 by default. */
  readonly epsilon?: number
  /** Whether the variance of the gradients divides, not their mean square; false by default. */
  readonly centered?: boolean
}

/**
 * RMSProp (Tieleman and Hinton, 2012; `tf.keras.optimizers.RMSprop`).
 *
 * @example
 * model.compile({ optimizer: rmsprop({ learningRate: 1e-4 }), loss: 'categoricalCrossentropy' })
 */
export function rmsprop(options: RmspropOptions = {}): ResumableOptimizer {
  checkOptimizerOptions('rmsprop', options, ['rho', 'momentum', 'epsilon', 'centered'])
  return new Rmsprop(options)
}

class Rmsprop extends ResumableOptimizer {
  static readonly className = 'MillraceRMSProp'
  readonly #options: Required<Omit<RmspropOptions, keyof OptimizerOptions>>

  constructor({ rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false, ...common }: RmspropOptions = {}) {
    const slots = ['square', ...(momentum === 0 ? [] : ['momentum']), ...(centered ? ['mean'] : [])]
    super('rmsprop', common, 0.001, slots)
    for (const [name, value] of Object.entries({ rho, momentum })) {
      if (!(value >= 0 && value < 1)) throw wrongArgument('rmsprop', name, 'from 0 to below 1', value)
    }
    this.#options = { rho, momentum, epsilon, centered }
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#options }
  }

  protected update(
    weight: tf.Tensor,
    gradient: tf.Tensor,
    [square, ...others]: readonly tf.Tensor[],
    { learningRate }: UpdateStep,
  ): Updated {
    const { rho, momentum, epsilon, centered } = this.#options
    const newSquare = square.mul(rho).add(gradient.square().mul(1 - rho))
    const means = centered ? [others[others.length - 1].mul(rho).add(gradient.mul(1 - rho))] : []
    const variance = centered ? newSquare.sub(means[0].square()) : newSquare
    const move = gradient.mul(learningRate).div(variance.add(epsilon).sqrt())
    if (momentum === 0) return { value: weight.sub(move), slots: [newSquare, ...means] }
    const velocity = others[0].mul(momentum).add(move)
    return { value: weight.sub(velocity), slots: [newSquare, velocity, ...means] }
  }
}

tf.serialization.registerClass(Rmsprop)
