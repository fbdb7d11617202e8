import { mkdir } from 'node:fs/promises'
import { Dataset, ndarray } from 'millrace'
import { adam, saveCheckpoint, setBackend } from 'millrace/train'
import * as tf from '@tensorflow/tfjs'

await setBackend('wasm')

/** Pictures and labels, by the names that `fit` looks for if it is told none, too. */
const pictures = Dataset.range(12).map((i) => {
  const image = ndarray(
    Float32Array.from({ length: 16 }, (_, k) => ((i + k) % 5) / 5),
    [4, 4, 1],
  )
  return { image, label: i % 10, xs: image, ys: i % 10 }
})

export { tf }
export const batches = pictures.batch(4)
export const validation = batches
export const test = batches
export const testBatches = batches
export const optimizer = adam()
export const loss = 'sparseCategoricalCrossentropy'
export const x = tf.input({ shape: [8, 8, 3] })
export const model = tf.sequential({
  layers: [
    tf.layers.flatten({ inputShape: [4, 4, 1] }),
    tf.layers.dense({
      units: 10,
      activation: 'softmax',
      kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
    }),
  ],
})
/** Values that follow each other, with the one after them, and a model of these. */
export const windows = Dataset.range(12)
  .map((i) => ({
    xs: ndarray(
      Float32Array.from({ length: 4 }, (_, k) => i + k),
      [4],
    ),
    ys: ndarray(Float32Array.of(i + 4), [1]),
  }))
  .batch(4)
export const forecaster = tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units: 1 })] })
forecaster.compile({ optimizer: adam(), loss: 'meanSquaredError' })
export const network = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3 }),
    tf.layers.batchNormalization(),
    tf.layers.reLU({ name: 'block_13_expand_relu', maxValue: 6 }),
  ],
})
model.compile({ optimizer, loss, metrics: ['accuracy'] })
await mkdir('runs', { recursive: true })
await saveCheckpoint('runs/best.safetensors', model, { step: 0, epoch: 0, history: [] })
