import * as tf from '@tensorflow/tfjs'
import { inceptionBlock, keyedDropout } from 'millrace/train'

/** The networks of this example, by name. */
export const models = { cnn, lenet5, inception }

/**
 * Two convolutions and two dense layers, as in TensorFlow's MNIST tutorial: 28x28x1; conv 5x5x32 same, relu; max-pool 2;
 * conv 5x5x64 same, relu; max-pool 2; dense 512, relu; dropout 0.5; dense 10. L2 on the dense kernels alone.
 *
 * @param seed decides the initial weights and the dropout
 */
function cnn(seed: number): tf.LayersModel {
  const conv = (filters: number, layer: number) =>
    tf.layers.conv2d({
      ...(layer === 0 ? { inputShape: [28, 28, 1] } : {}),
      filters,
      kernelSize: 5,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: tf.initializers.heNormal({ seed: seed + layer }),
    })
  const kernelRegularizer = tf.regularizers.l2({ l2: 2.5e-4 })
  return tf.sequential({
    layers: [
      conv(32, 0),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      conv(64, 1),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({
        units: 512,
        activation: 'relu',
        kernelInitializer: tf.initializers.heNormal({ seed: seed + 2 }),
        kernelRegularizer,
      }),
      keyedDropout({ rate: 0.5, seed }),
      tf.layers.dense({
        units: 10,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotNormal({ seed: seed + 3 }),
        kernelRegularizer,
      }),
    ],
  })
}

/**
 * LeNet-5 (LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998), with max-pooling and relu:
 * 32x32x1 by padding; conv 5x5x6; pool 2; conv 5x5x16; pool 2; dense 120, 84 and 10.
 */
function lenet5(seed: number): tf.LayersModel {
  const activation = 'relu'
  const init = (layer: number) => tf.initializers.heNormal({ seed: seed + layer })
  return tf.sequential({
    layers: [
      tf.layers.zeroPadding2d({ inputShape: [28, 28, 1], padding: 2 }),
      tf.layers.conv2d({ filters: 6, kernelSize: 5, activation, kernelInitializer: init(0) }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({ filters: 16, kernelSize: 5, activation, kernelInitializer: init(1) }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 120, activation, kernelInitializer: init(2) }),
      tf.layers.dense({ units: 84, activation, kernelInitializer: init(3) }),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: init(4) }),
    ],
  })
}

/**
 * A small network of Inception modules: 28x28x1; conv 5x5x16 stride 2, relu; a module of 48 channels; max-pool 2; a module
 * of 80; average over the picture; dropout 0.2; dense 10.
 */
function inception(seed: number): tf.LayersModel {
  const input = tf.input({ shape: [28, 28, 1] })
  const stem = tf.layers.conv2d({
    filters: 16,
    kernelSize: 5,
    strides: 2,
    padding: 'same',
    activation: 'relu',
    kernelInitializer: tf.initializers.heNormal({ seed }),
  })
  const pool = tf.layers.maxPooling2d({ poolSize: 2 })
  const first = inceptionBlock(stem.apply(input) as tf.SymbolicTensor, {
    ...{ one: 12, three: [12, 20], five: [4, 8], pool: 8 },
    seed: seed + 1,
  })
  const second = inceptionBlock(pool.apply(first) as tf.SymbolicTensor, {
    ...{ one: 20, three: [20, 36], five: [6, 12], pool: 12 },
    seed: seed + 2,
  })
  const top = [
    tf.layers.globalAveragePooling2d({}),
    keyedDropout({ rate: 0.2, seed }),
    tf.layers.dense({
      units: 10,
      activation: 'softmax',
      kernelInitializer: tf.initializers.glorotNormal({ seed: seed + 3 }),
    }),
  ]
  const output = top.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, second)
  return tf.model({ inputs: input, outputs: output })
}
