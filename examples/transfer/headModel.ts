import * as tf from '@tensorflow/tfjs'
import type { NdArray } from 'millrace'
import { keyedDropout } from 'millrace/train'

/** Mean and variance of each channel of what a head is given. */
export interface Moments {
  readonly mean: Float32Array
  readonly variance: Float32Array
}

/** How a head is made. */
export interface HeadOptions {
  readonly features: number
  readonly classes: number
  /** What the features are brought to mean 0 and variance 1 by; without it they stay as they are. */
  readonly moments?: Moments
  /** Share of the features that a step leaves out; 0 by default. */
  readonly dropout?: number
  readonly l2?: number
  readonly seed: number
}

/** The name of the layer that tells the classes apart. */
export const classesLayer = 'classes'

/** What is trained on top of a network: a dense softmax, over features as they are or brought to one scale. */
export function headModel({ features, classes, moments, dropout = 0, l2 = 0, seed }: HeadOptions): tf.LayersModel {
  const model = tf.sequential({ name: 'head' })
  model.add(tf.layers.inputLayer({ inputShape: [features] }))
  if (moments !== undefined) {
    const layer = normalization()
    model.add(layer)
    tf.tidy(() => layer.setWeights([tf.tensor1d(moments.mean), tf.tensor1d(moments.variance)]))
  }
  if (dropout > 0) model.add(keyedDropout({ rate: dropout, seed }))
  model.add(
    tf.layers.dense({
      name: classesLayer,
      units: classes,
      activation: 'softmax',
      kernelInitializer: tf.initializers.glorotUniform({ seed }),
      ...(l2 > 0 && { kernelRegularizer: tf.regularizers.l2({ l2 }) }),
    }),
  )
  return model
}

/** The mean and variance of each column of an array [rows, columns]. */
export function momentsOf({ data, shape: [rows, columns] }: NdArray<'float32'>): Moments {
  const sums = new Float64Array(columns)
  const squares = new Float64Array(columns)
  for (let i = 0; i < data.length; i++) {
    sums[i % columns] += data[i]
    squares[i % columns] += data[i] ** 2
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows)
  const variance = Float32Array.from(squares, (square, i) => Math.max(0, square / rows - (sums[i] / rows) ** 2))
  return { mean, variance }
}

/** Normalization by known moments, which training leaves as they are (`keras.layers.Normalization`). */
function normalization(): tf.layers.Layer {
  return tf.layers.batchNormalization({ center: false, scale: false, epsilon: 1e-5, trainable: false })
}
