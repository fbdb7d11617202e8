import * as tf from '@tensorflow/tfjs'
import { InvalidArgumentError } from 'millrace'

/**
 * The layers of a network from one to another, as a model of its own over the same weights: what `from` gives goes in,
 * what `to` gives comes out.
 *
 * @param from undefined for the pictures themselves
 * @throws InvalidArgumentError where `to` needs more of the network than what comes out of `from`
 */
export function subnetwork(
  network: tf.LayersModel,
  from: tf.layers.Layer | undefined,
  to: tf.layers.Layer,
): tf.LayersModel {
  const start = from ?? network.layers[0]
  const input = tf.input({ shape: (start.outputShape as tf.Shape).slice(1) })
  const made = new Map<tf.layers.Layer, tf.SymbolicTensor>([[start, input]])
  const make = (layer: tf.layers.Layer): tf.SymbolicTensor => {
    const known = made.get(layer)
    if (known !== undefined) return known
    // The first node is that of the network: later ones are of models which share the layer.
    const inbound = layer.inboundNodes[0].inboundLayers
    if (inbound.length === 0) {
      throw new InvalidArgumentError(
        `the layer ${to.name} needs more of the network than ${start.name} gives: there is a way round it.`,
        { hint: 'Cut where the branches of a block are joined.' },
      )
    }
    const inputs = inbound.map(make)
    const output = layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor
    made.set(layer, output)
    return output
  }
  return tf.model({ inputs: input, outputs: make(to) })
}
