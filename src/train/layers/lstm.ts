import * as tf from '@tensorflow/tfjs'
import { checkBoolean } from '../../core/checks.ts'
import { lstmSequence } from './lstmSequence.ts'
import { maskOf, RecurrentLayer, type LstmOptions } from './recurrentLayer.ts'

/** Options of `lstm`. */
export interface LstmLayerOptions extends LstmOptions {
  /** Whether it begins at the end of time and gives its outputs in that order; false by default. */
  readonly goBackwards?: boolean
}

class Lstm extends RecurrentLayer {
  static readonly className = 'MillraceLSTM'
  readonly goBackwards: boolean
  #weights: ReturnType<RecurrentLayer['addWeights']> | undefined

  constructor(options: LstmLayerOptions) {
    super('lstm', options)
    this.goBackwards = checkBoolean('lstm', 'goBackwards', options.goBackwards ?? false)
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = inputShape as tf.Shape
    this.#weights = this.addWeights(shape[shape.length - 1] ?? 0)
    this.built = true
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, time] = inputShape as tf.Shape
    const { units, returnSequences } = this.config
    return returnSequences ? [batch, time, units] : [batch, units]
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Parameters<typeof maskOf>[0]): tf.Tensor {
    const weights = this.#weights
    if (weights === undefined) throw new Error('lstm: the layer was not built.')
    const { units, recurrentActivation, returnSequences } = this.config
    return lstmSequence(Array.isArray(inputs) ? inputs[0] : inputs, RecurrentLayer.read(weights), {
      units,
      activation: recurrentActivation,
      backwards: this.goBackwards,
      sequences: returnSequences,
      inTime: false,
      mask: maskOf(kwargs),
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), goBackwards: this.goBackwards }
  }
}

tf.serialization.registerClass(Lstm)

/**
 * A long short-term memory layer (Hochreiter and Schmidhuber, 1997; `tf.keras.layers.LSTM`), with the weights and the
 * results of tfjs's own, a batch at a time instead of about 30 operations a step of time: several times as fast on every
 * backend. Masks pass steps over, as in Keras. For dropout on the non-recurrent connections put `keyedDropout` before it.
 *
 * @returns a layer from [batch, time, inputs] to [batch, units], or [batch, time, units] with `returnSequences`
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * tf.sequential({ layers: [lstm({ units: 30, inputShape: [10, 1] }), tf.layers.dense({ units: 1 })] })
 */
export function lstm(options: LstmLayerOptions): tf.layers.Layer {
  return new Lstm(options)
}
