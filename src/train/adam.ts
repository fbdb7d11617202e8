import * as tf from '@tensorflow/tfjs'
import { wrongArgument } from '../core/checks.ts'

/** Options of `adam`, with TensorFlow's names and defaults. */
export interface AdamOptions {
  /** Step size; 0.001 by default. A function is given the number of steps done. */
  readonly learningRate?: number | ((step: number) => number)
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
export function adam(options: AdamOptions = {}): tf.Optimizer {
  return new Adam(options)
}

type NamedTensor = Parameters<tf.Optimizer['setWeights']>[0][number]

interface Moments {
  readonly mean: tf.Variable
  readonly square: tf.Variable
}

class Adam extends tf.Optimizer {
  static readonly className = 'MillraceAdam'
  readonly #options: Required<AdamOptions>
  /** Of each trainable weight, in the model's order. */
  #moments: Moments[] = []
  #step = 0

  constructor({ learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }: AdamOptions = {}) {
    super()
    for (const [name, value] of Object.entries({ beta1, beta2 })) {
      if (!(value >= 0 && value < 1)) throw wrongArgument('adam', name, 'from 0 to below 1', value)
    }
    this.#options = { learningRate, beta1, beta2, epsilon }
  }

  applyGradients(gradients: tf.NamedTensorMap | NamedTensor[]): void {
    const named: NamedTensor[] = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }))
    this.#step++
    named.forEach(({ name, tensor }, i) => {
      const variable = tf.engine().registeredVariables[name]
      this.#moments[i] ??= { mean: zerosLike(variable), square: zerosLike(variable) }
      tf.tidy(() => this.#update(variable, tensor, this.#moments[i]))
    })
  }

  override getWeights(): Promise<NamedTensor[]> {
    return Promise.resolve([
      { name: 'iter', tensor: tf.scalar(this.#step, 'int32') },
      ...this.#moments.map(({ mean }, i) => ({ name: `${i}/m`, tensor: mean })),
      ...this.#moments.map(({ square }, i) => ({ name: `${i}/v`, tensor: square })),
    ])
  }

  override async setWeights([iterations, ...moments]: NamedTensor[]): Promise<void> {
    this.#step = (await iterations.tensor.data())[0]
    iterations.tensor.dispose()
    this.#disposeMoments()
    const count = moments.length / 2
    this.#moments = Array.from({ length: count }, (_, i) => ({
      mean: tf.variable(moments[i].tensor, false),
      square: tf.variable(moments[count + i].tensor, false),
    }))
    tf.dispose(moments.map(({ tensor }) => tensor))
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { learningRate, beta1, beta2, epsilon } = this.#options
    return { learningRate: typeof learningRate === 'number' ? learningRate : learningRate(0), beta1, beta2, epsilon }
  }

  override dispose(): void {
    this.#disposeMoments()
    super.dispose()
  }

  #update(variable: tf.Variable, gradient: tf.Tensor, { mean, square }: Moments): void {
    const { beta1, beta2, epsilon } = this.#options
    const newMean = mean.mul(beta1).add(gradient.mul(1 - beta1))
    const newSquare = square.mul(beta2).add(gradient.square().mul(1 - beta2))
    mean.assign(newMean)
    square.assign(newSquare)
    variable.assign(variable.sub(newMean.mul(this.#rate()).div(newSquare.sqrt().add(epsilon))))
  }

  /** The step size with both bias corrections. */
  #rate(): number {
    const { learningRate, beta1, beta2 } = this.#options
    const rate = typeof learningRate === 'number' ? learningRate : learningRate(this.#step - 1)
    return (rate * Math.sqrt(1 - beta2 ** this.#step)) / (1 - beta1 ** this.#step)
  }

  #disposeMoments(): void {
    for (const { mean, square } of this.#moments) tf.dispose([mean, square])
    this.#moments = []
  }
}

tf.serialization.registerClass(Adam)

function zerosLike(variable: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike<tf.Tensor>(variable), false))
}
