import * as tf from '@tensorflow/tfjs'
import { keyedDropout } from 'millrace/train'

/** Three times a convolution and a pooling, then dense layers, for pictures of `size` by `size` pixels. */
export function pictureModel(size: number, classes: number, seed: number): tf.LayersModel {
  const initializer = (layer: number) => tf.initializers.heNormal({ seed: seed + layer })
  const model = tf.sequential()
  for (const [layer, filters] of [16, 32, 64].entries()) {
    model.add(
      tf.layers.conv2d({
        filters,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: initializer(layer),
        ...(layer === 0 ? { inputShape: [size, size, 3] } : {}),
      }),
    )
    model.add(tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }))
  }
  model.add(tf.layers.flatten())
  model.add(tf.layers.dense({ units: 64, activation: 'relu', kernelInitializer: initializer(3) }))
  model.add(keyedDropout({ rate: 0.3, seed }))
  model.add(tf.layers.dense({ units: classes, activation: 'softmax', kernelInitializer: initializer(4) }))
  return model
}
