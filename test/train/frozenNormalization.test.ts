import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { fit } from '../../src/train/fit.ts'
import { keepFrozenNormalization } from '../../src/train/frozenNormalization.ts'
import { sgd } from '../../src/train/optimizers/sgd.ts'
import { backends } from './backend/onBackend.ts'
import { setBackend } from '../../src/train/backend/setBackend.ts'

/** Two blocks as MobileNetV2 has them: convolution, normalization, ReLU6, depthwise, joined with what came in. */
function blocks(frozen: boolean): tf.LayersModel {
  const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
  const normalize = (name: string) =>
    tf.layers.batchNormalization({
      name,
      trainable: !frozen,
      movingMeanInitializer: tf.initializers.constant({ value: 0.3 }),
      movingVarianceInitializer: tf.initializers.constant({ value: 2 }),
    })
  const input = tf.input({ shape: [6, 6, 3] })
  const inner = [
    tf.layers.conv2d({ filters: 8, kernelSize: 1, useBias: false, kernelInitializer: seeded(1) }),
    normalize('inside'),
    tf.layers.reLU({ maxValue: 6 }),
    tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, depthwiseInitializer: seeded(2) }),
    tf.layers.conv2d({ filters: 3, kernelSize: 1, useBias: false, kernelInitializer: seeded(3) }),
  ].reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input)
  const wrapped = tf.model({ inputs: input, outputs: tf.layers.add().apply([input, inner]) as tf.SymbolicTensor })
  const model = tf.sequential({
    layers: [
      wrapped,
      normalize('after'),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: seeded(4) }),
    ],
  })
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'sparseCategoricalCrossentropy' })
  return model
}

const pixels = Float32Array.from({ length: 4 * 108 }, (_, i) => Math.sin(i * 1.7) * 3)
const batches = Dataset.fromTensorSlices({
  xs: ndarray(pixels, [4, 6, 6, 3]),
  ys: ndarray(Int32Array.of(0, 1, 1, 0), [4]),
}).batch(4)

const named = (model: tf.LayersModel, part: string): number[][] =>
  model.weights.filter(({ name }) => name.includes(part)).map((weight) => Array.from(weight.read().dataSync()))

describe('batch normalization that is not trainable', () => {
  it.each(backends)('trains through its moving averages, which stay, on %s', async (backend) => {
    await setBackend(backend)
    const model = blocks(true)
    const before = [named(model, 'moving'), named(model, 'gamma')]
    const predicted = model.predict(tf.tensor(pixels, [4, 6, 6, 3])) as tf.Tensor
    const nats = [0, 1, 1, 0].reduce((sum, label, i) => sum - Math.log(predicted.dataSync()[2 * i + label]) / 4, 0)
    const { training } = await fit(model, batches, { steps: 6, epochs: 6 })
    // In training it computes what it predicts; with the averages of the batch the losses would differ.
    expect(training[0].loss).toBeCloseTo(nats, 4)
    expect(training[5].loss).toBeLessThan(training[0].loss)
    expect([named(model, 'moving'), named(model, 'gamma')]).toEqual(before)
  })

  it('trains to the same weights on every backend', async () => {
    const ends: number[][][] = []
    for (const backend of backends) {
      await setBackend(backend)
      const model = blocks(true)
      await fit(model, batches, { steps: 4, epochs: 4 })
      ends.push(named(model, 'kernel'))
    }
    for (const end of ends) {
      end.forEach((weight, i) => weight.forEach((value, at) => expect(value).toBeCloseTo(ends[0][i][at], 4)))
    }
  })
})

it('batch normalization that is trainable, also after a frozen run, takes the averages of the batches', async () => {
  await setBackend('cpu')
  const model = blocks(true)
  await fit(model, batches, { steps: 1 })
  const still = named(model, 'moving')
  for (const layer of model.layers) layer.trainable = true
  await fit(model, batches, { steps: 1 })
  expect(named(model, 'moving')).not.toEqual(still)
  const free = blocks(false)
  const before = named(free, 'inside/moving')
  await fit(free, batches, { steps: 1 })
  expect(named(free, 'inside/moving')).not.toEqual(before)
})

const seeded = (seed: number) => tf.initializers.randomUniform({ minval: 0.5, maxval: 2, seed })

it.each([
  { scale: false, center: false },
  { scale: true, center: false },
  { scale: false, center: true },
])('computes in training what it predicts, with %j', async (options) => {
  await setBackend('cpu')
  const layer = tf.layers.batchNormalization({
    ...options,
    trainable: false,
    inputShape: [3, 4, 2],
    gammaInitializer: seeded(1),
    betaInitializer: seeded(2),
    movingMeanInitializer: seeded(3),
    movingVarianceInitializer: seeded(4),
  })
  const model = tf.sequential({ layers: [layer] })
  keepFrozenNormalization(model.layers)
  const x = tf.randomUniform([2, 3, 4, 2], -3, 3, 'float32', 5)
  const predicted = (model.apply(x, { training: false }) as tf.Tensor).dataSync()
  const trained = (model.apply(x, { training: true }) as tf.Tensor).dataSync()
  trained.forEach((value, i) => expect(value).toBeCloseTo(predicted[i], 5))
  expect(trained).not.toEqual(x.dataSync())
})

it('normalizes along the axis that the layer has', async () => {
  await setBackend('cpu')
  const layer = tf.layers.batchNormalization({ axis: 1, trainable: false, inputShape: [2, 3] })
  const model = tf.sequential({ layers: [layer] })
  layer.setWeights(
    [
      [1, 2],
      [10, 20],
      [3, 4],
      [4, 9],
    ].map((values) => tf.tensor1d(values)),
  )
  keepFrozenNormalization(model.layers)
  const out = model.apply(
    tf.tensor([
      [
        [5, 3, 1],
        [4, 1, 7],
      ],
    ]),
    { training: true },
  ) as tf.Tensor3D
  const expected = [
    [11, 10, 9],
    [20, 18, 22],
  ]
  out.arraySync()[0].forEach((row, i) => row.forEach((value, at) => expect(value).toBeCloseTo(expected[i][at], 2)))
})
