import * as tf from '@tensorflow/tfjs'
import { bidirectionalLstm, keyedDropout, lstm } from 'millrace/train'
import { windowSize } from './pipeline.ts'

/** How the network is built. */
export interface SineModel {
  readonly layers: number
  readonly units: number
  readonly bidirectional: boolean
  /** Share dropped of what goes into a layer; what goes from step to step of time is never dropped. */
  readonly dropout: number
  readonly seed: number
}

/**
 * LSTM layers one on top of the other, then dense 1. Dropout is on the non-recurrent connections alone (Zaremba et al.,
 * "Recurrent Neural Network Regularization", 2014): between layers, and before the dense one.
 */
export function sineModel({ layers, units, bidirectional, dropout, seed }: SineModel): tf.LayersModel {
  const model = tf.sequential()
  for (let layer = 0; layer < layers; layer++) {
    const options = {
      units,
      returnSequences: layer < layers - 1,
      seed: seed + layer,
      ...(layer === 0 ? { inputShape: [windowSize, 1] } : {}),
    }
    model.add(bidirectional ? bidirectionalLstm(options) : lstm(options))
    if (dropout > 0) model.add(keyedDropout({ rate: dropout, seed: seed + layer }))
  }
  model.add(tf.layers.dense({ units: 1, kernelInitializer: tf.initializers.glorotUniform({ seed }) }))
  return model
}
