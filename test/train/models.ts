import * as tf from '@tensorflow/tfjs'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import { adam } from '../../src/train/optimizers/adam.ts'
import { keyedDropout } from '../../src/train/backend/keyedDropout.ts'

/** A small convolutional network with dropout and L2, compiled; the same weights for the same seed. */
export function smallModel(seed = 1, units = 16): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed }),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({
        units,
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: seed + 1 }),
        kernelRegularizer: tf.regularizers.l2({ l2: 1e-4 }),
      }),
      keyedDropout({ rate: 0.5, seed }),
      tf.layers.dense({
        units: 3,
        activation: 'softmax',
        kernelInitializer: tf.initializers.heNormal({ seed: seed + 2 }),
      }),
    ],
  })
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  })
  return model
}

/** The same network before anything was loaded into it: all weights are 0. */
export function blankModel(): tf.LayersModel {
  const model = smallModel()
  tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.zerosLike(weight))))
  return model
}

/** Pictures with a bright row, which is the class. */
export function rows(count: number): Dataset<{ image: NdArray<'float32', 3>; label: number }> {
  return Dataset.range(count).map((i, { rng }) => {
    const label = i % 3
    const pixels = Float32Array.from(
      { length: 64 },
      (_, at) => (Math.floor(at / 8) === label * 2 ? 1 : 0) + 0.3 * rng.uniform(),
    )
    return { image: ndarray(pixels, [8, 8, 1]), label }
  })
}

/** Shuffled batches of `rows`. */
export function batches(count = 96, batchSize = 16) {
  return rows(count).shuffle(count, { seed: 5 }).batch(batchSize)
}

/** All weights of a model, in order. */
export async function weightsOf(model: tf.LayersModel): Promise<number[][]> {
  return Promise.all(model.getWeights().map(async (weight) => Array.from(await weight.data())))
}
