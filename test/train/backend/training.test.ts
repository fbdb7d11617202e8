import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { setBackend, type BackendChoice } from '../../../src/train/backend/setBackend.ts'
import { backends, counts, values } from './onBackend.ts'

interface Task {
  readonly layers: () => tf.layers.Layer[]
  readonly input: readonly number[]
  readonly classes: number
  /** Whole numbers below this as input; undefined for numbers from -1 to 1. */
  readonly words?: number
}

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
const dense = (units: number, seed: number) => tf.layers.dense({ units, kernelInitializer: seeded(seed) })

const tasks: Readonly<Record<string, Task>> = {
  cnn: {
    input: [12, 12, 1],
    classes: 4,
    layers: () => [
      tf.layers.conv2d({
        inputShape: [12, 12, 1],
        filters: 4,
        kernelSize: 5,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(1),
      }),
      tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
      tf.layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, kernelInitializer: seeded(2) }),
      tf.layers.averagePooling2d({ poolSize: 2, strides: 1 }),
      tf.layers.flatten(),
      tf.layers.dense({
        units: 8,
        activation: 'relu',
        kernelInitializer: seeded(3),
        kernelRegularizer: tf.regularizers.l2({ l2: 1e-3 }),
      }),
      dense(4, 4),
    ],
  },
  depthwise: {
    input: [9, 9, 3],
    classes: 3,
    layers: () => [
      tf.layers.conv2d({ inputShape: [9, 9, 3], filters: 4, kernelSize: 3, kernelInitializer: seeded(1) }),
      tf.layers.batchNormalization(),
      tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', strides: 2, depthwiseInitializer: seeded(2) }),
      tf.layers.conv2d({ filters: 5, kernelSize: 1, activation: 'relu6', kernelInitializer: seeded(3) }),
      tf.layers.globalAveragePooling2d({}),
      dense(3, 4),
    ],
  },
  lstm: {
    input: [6],
    classes: 3,
    words: 11,
    layers: () => [
      tf.layers.embedding({ inputDim: 11, outputDim: 5, inputLength: 6, embeddingsInitializer: seeded(1) }),
      tf.layers.lstm({ units: 7, kernelInitializer: seeded(2), recurrentInitializer: seeded(3) }),
      dense(3, 4),
    ],
  },
}

/** Losses of six steps, and the live tensors after the first and the last. */
async function train(choice: BackendChoice, { layers, input, classes, words }: Task) {
  await setBackend(choice)
  const model = tf.sequential({ layers: layers() })
  const optimizer = tf.train.momentum(0.1, 0.9)
  const raw = values([16, ...input], 9)
  const data = words === undefined ? raw.data : raw.data.map((value) => Math.floor(((value + 1) / 2) * words))
  const x = tf.tensor(data, [...raw.shape])
  const labels = tf.tensor1d(
    Int32Array.from({ length: 16 }, (_, i) => i % classes),
    'int32',
  )
  const y = tf.tidy(() => tf.oneHot(labels, classes).toFloat())
  const losses: number[] = []
  const live: unknown[] = []
  for (let step = 0; step < 6; step++) {
    const cost = optimizer.minimize(() => {
      const loss = tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as tf.Tensor)
      return model.calculateLosses().reduce<tf.Scalar>((sum, part) => tf.add(sum, part), loss.asScalar())
    }, true)
    losses.push(cost?.dataSync()[0] ?? NaN)
    cost?.dispose()
    live.push(counts())
  }
  tf.dispose([x, y, labels])
  model.dispose()
  optimizer.dispose()
  return { losses, live }
}

describe.each(Object.entries(tasks))('training a small %s', (_, task) => {
  it.each(backends)('on %s loses as on cpu, and no tensor stays behind', async (choice) => {
    const reference = await train('cpu', task)
    const { losses, live } = await train(choice, task)
    expect(losses[5]).toBeLessThan(losses[0])
    for (const [i, loss] of losses.entries()) expect(loss).toBeCloseTo(reference.losses[i], 3)
    expect(live[5]).toEqual(live[0])
  })
})
