import * as tf from '@tensorflow/tfjs'
import { saveModel, setBackend } from '../../src/train/index.ts'

/**
 * Writes a small network of the kind of MobileNetV2, with weights by chance: pictures of 24x24; a convolution, a block
 * with a way round it (`block_add`), a wide layer (`wide_relu`), and a head of three classes.
 *
 * @param scale of the kernel of `wide`; Infinity makes a layer that gives what is not finite
 */
export async function writeNetwork(folder: string, seed = 1, scale = 1): Promise<void> {
  await setBackend('cpu')
  const init = (layer: number) => tf.initializers.glorotUniform({ seed: seed * 100 + layer })
  const apply = (x: tf.SymbolicTensor, ...layers: tf.layers.Layer[]) =>
    layers.reduce((y, layer) => layer.apply(y) as tf.SymbolicTensor, x)
  const input = tf.input({ shape: [24, 24, 3] })
  const conv = (name: string, filters: number, kernelSize: number, layer: number, strides = 1) =>
    tf.layers.conv2d({ name, filters, kernelSize, strides, padding: 'same', kernelInitializer: init(layer) })
  const norm = (name: string) => tf.layers.batchNormalization({ name })
  const relu = (name: string) => tf.layers.reLU({ name, maxValue: 6 })
  const stem = apply(input, conv('stem', 8, 3, 1, 2), norm('stem_bn'), relu('stem_relu'))
  const depthwise = tf.layers.depthwiseConv2d({
    ...{ name: 'block_depthwise', kernelSize: 3, padding: 'same' },
    depthwiseInitializer: init(2),
  })
  const inner = apply(stem, depthwise, norm('block_bn'), relu('block_relu'), conv('block_project', 8, 1, 3))
  const joined = tf.layers.add({ name: 'block_add' }).apply([stem, inner]) as tf.SymbolicTensor
  const wide = apply(joined, conv('wide', 24, 1, 4), norm('wide_bn'), relu('wide_relu'))
  const head = apply(
    wide,
    tf.layers.globalAveragePooling2d({ name: 'pool' }),
    tf.layers.dense({ name: 'three', units: 3, activation: 'softmax', kernelInitializer: init(5) }),
  )
  const model = tf.model({ inputs: input, outputs: head })
  const [kernel, ...others] = model.getLayer('wide').getWeights()
  model.getLayer('wide').setWeights([tf.mul(kernel, scale), ...others])
  await saveModel(model, folder)
  model.dispose()
}
