import * as tf from '@tensorflow/tfjs'
import { keyedDropout, lstm } from 'millrace/train'
import { codeCount } from './codes.ts'

/**
 * A character-level language model: an embedding of 24, an LSTM of 64 that gives every step's output, dropout 0.1, and a
 * dense softmax over the codes; for sequences of any length.
 *
 * @param seed decides the initial weights and the dropout
 */
export function textModel(seed: number): tf.LayersModel {
  const embeddingsInitializer = tf.initializers.randomUniform({ minval: -0.05, maxval: 0.05, seed })
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: codeCount, outputDim: 24, inputShape: [null], embeddingsInitializer }),
      lstm({ units: 64, returnSequences: true, seed: seed + 1 }),
      keyedDropout({ rate: 0.1, seed }),
      tf.layers.dense({
        units: codeCount,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotUniform({ seed: seed + 2 }),
      }),
    ],
  })
}
