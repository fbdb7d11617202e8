import * as tf from '@tensorflow/tfjs'

/**
 * The network up to a layer with what was trained on top of it, from pictures to probabilities, over the same weights.
 *
 * @param head takes the features of the layer; where that gives [height, width, channels], the mean of each channel
 */
export function wholeModel(network: tf.LayersModel, layer: tf.layers.Layer, head: tf.LayersModel): tf.LayersModel {
  // A layer that other models share has several outputs; the first is that of the network.
  const output = layer.getOutputAt(0) as tf.SymbolicTensor
  const pool = tf.layers.globalAveragePooling2d({ name: 'pooled_features' })
  const features = output.shape.length === 4 ? (pool.apply(output) as tf.SymbolicTensor) : output
  return tf.model({ inputs: network.inputs, outputs: head.apply(features) as tf.SymbolicTensor })
}
