import * as tf from '@tensorflow/tfjs'
import { checkCount, checkOptions } from '../../core/checks.ts'
import type { SparseLoss } from './sparseLoss.ts'

/** Options of `sparseCategoricalCrossentropy`. */
export interface SparseCategoricalCrossentropyOptions {
  /** A label that counts for nothing, such as the padding of sequences; none by default. May be negative. */
  readonly ignoreClass?: number
  /** Whether the model gives logits instead of probabilities; false by default. */
  readonly fromLogits?: boolean
}

/** A loss or metric as `model.compile` takes it. */
export type LossFunction = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor

/**
 * Cross-entropy of class numbers, averaged over those that count
 * (`tf.keras.losses.SparseCategoricalCrossentropy(ignore_class)`). The loss that tfjs brings cannot leave out padding.
 *
 * @returns a loss for `model.compile`: labels [batch, ...] and outputs [batch, ..., classes] make one number
 * @example
 * model.compile({ optimizer: adam(), loss: sparseCategoricalCrossentropy({ ignoreClass: 0 }) })
 */
export function sparseCategoricalCrossentropy(
  options: SparseCategoricalCrossentropyOptions = {},
): LossFunction & SparseLoss {
  checkOptions('sparseCategoricalCrossentropy', options, ['ignoreClass', 'fromLogits'])
  const { ignoreClass, fromLogits = false } = options
  if (ignoreClass !== undefined) {
    checkCount('sparseCategoricalCrossentropy', 'ignoreClass', ignoreClass, { min: -Infinity })
  }
  const loss: LossFunction = (yTrue, yPred) =>
    tf.tidy(() => {
      const classes = yPred.shape[yPred.shape.length - 1]
      const outputs = yPred.reshape([-1, classes])
      const logs = fromLogits ? outputs.logSoftmax() : outputs.clipByValue(1e-7, 1).log()
      const labels = yTrue.flatten()
      const counts = countsOf(labels, ignoreClass)
      const oneHot = tf.oneHot(labels.mul(counts).toInt() as tf.Tensor1D, classes).toFloat()
      const nats = logs.mul(oneHot).sum(-1).neg()
      return nats.mul(counts).sum().div(tf.maximum(counts.sum(), 1))
    })
  return Object.assign(loss, { sparse: true as const, ...(ignoreClass === undefined ? {} : { ignoreClass }) })
}

/**
 * The share of class numbers that the largest output agrees with, of those that count
 * (`tf.keras.metrics.SparseCategoricalAccuracy` with masked labels), as a metric for `model.compile`.
 *
 * @example
 * model.compile({ optimizer, loss, metrics: [sparseCategoricalAccuracy({ ignoreClass: 0 })] })
 */
export function sparseCategoricalAccuracy(options: { readonly ignoreClass?: number } = {}): LossFunction {
  checkOptions('sparseCategoricalAccuracy', options, ['ignoreClass'])
  const { ignoreClass } = options
  const accuracy: LossFunction = (yTrue, yPred) =>
    tf.tidy(() => {
      const labels = yTrue.flatten()
      const counts = countsOf(labels, ignoreClass)
      const right = yPred.argMax(-1).flatten().toFloat().equal(labels).toFloat()
      return right.mul(counts).sum().div(tf.maximum(counts.sum(), 1))
    })
  // tfjs takes the name of a metric from its function.
  return Object.defineProperty(accuracy, 'name', { value: 'accuracy' })
}

/** 1 for each label that counts, 0 for the others. */
function countsOf(labels: tf.Tensor, ignoreClass: number | undefined): tf.Tensor {
  return ignoreClass === undefined ? tf.onesLike(labels) : labels.notEqual(ignoreClass).toFloat()
}
