import * as tf from '@tensorflow/tfjs'

/** The layers that do as Keras already. */
const mended = new WeakSet<tf.layers.Layer>()

/**
 * Lets batch normalization that is not `trainable` use its moving averages in training too, and leave them as they are, as
 * Keras does. (That of tfjs uses and takes the averages of each batch, so that a network trained elsewhere comes apart
 * while it is fine-tuned.) Normalization that is trainable, or is made so later, trains as ever.
 *
 * What is frozen is a scale and an offset for each channel, computed as such: its gradient is one multiplication, where
 * that of tfjs makes tensors of the input's size of all four averages, and fails without `scale`.
 */
export function keepFrozenNormalization(layers: readonly tf.layers.Layer[]): void {
  for (const layer of layers) {
    if (isModel(layer)) keepFrozenNormalization(layer.layers)
    if (layer.getClassName() !== 'BatchNormalization' || mended.has(layer)) continue
    mended.add(layer)
    const call = layer.call.bind(layer)
    layer.call = (inputs, kwargs) => {
      if (layer.trainable || kwargs.training !== true) return call(inputs, kwargs)
      return normalized(layer, Array.isArray(inputs) ? inputs[0] : inputs)
    }
  }
}

function isModel(layer: tf.layers.Layer): layer is tf.LayersModel {
  return 'layers' in layer && Array.isArray(layer.layers)
}

/** What the layer gives when it predicts. */
function normalized(layer: tf.layers.Layer, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const { axis, epsilon, scale, center } = layer.getConfig() as unknown as NormalizationConfig
    const channel = axis < 0 ? axis + x.rank : axis
    const shape = x.shape.map((size, i) => (i === channel ? size : 1))
    const weights = layer.weights.map((weight) => tf.reshape(weight.read(), shape))
    const [mean, variance] = weights.slice(-2)
    const deviation = tf.rsqrt(tf.add(variance, epsilon))
    const factor = scale ? tf.mul(deviation, weights[0]) : deviation
    const shift = tf.neg(tf.mul(mean, factor))
    return tf.add(tf.mul(x, factor), center ? tf.add(shift, weights[scale ? 1 : 0]) : shift)
  })
}

interface NormalizationConfig {
  readonly axis: number
  readonly epsilon: number
  /** Whether the weights begin with gamma, and go on with beta; the averages come last. */
  readonly scale: boolean
  readonly center: boolean
}
