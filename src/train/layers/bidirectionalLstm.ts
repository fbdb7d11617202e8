import * as tf from '@tensorflow/tfjs'
import { wrongArgument } from '../../core/checks.ts'
import { lstmSequence } from './lstmSequence.ts'
import { maskOf, RecurrentLayer, type LstmOptions } from './recurrentLayer.ts'

/** How the outputs of both directions become one. */
export type MergeMode = 'concat' | 'sum' | 'mul' | 'ave'

/** Options of `bidirectionalLstm`; `units` is the size of each direction. */
export interface BidirectionalLstmOptions extends LstmOptions {
  /** `concat`, the default, gives 2 * units values a step. */
  readonly mergeMode?: MergeMode
}

type Weights = ReturnType<RecurrentLayer['addWeights']>

class BidirectionalLstm extends RecurrentLayer {
  static readonly className = 'MillraceBidirectionalLSTM'
  readonly mergeMode: MergeMode
  #weights: { readonly forward: Weights; readonly backward: Weights } | undefined

  constructor(options: BidirectionalLstmOptions) {
    super('bidirectionalLstm', options)
    const { mergeMode = 'concat' } = options
    if (!['concat', 'sum', 'mul', 'ave'].includes(mergeMode)) {
      throw wrongArgument('bidirectionalLstm', 'mergeMode', 'concat, sum, mul or ave', mergeMode)
    }
    this.mergeMode = mergeMode
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = inputShape as tf.Shape
    const inputs = shape[shape.length - 1] ?? 0
    this.#weights = {
      forward: this.addWeights(inputs, 'forward_'),
      backward: this.addWeights(inputs, 'backward_', 2),
    }
    this.built = true
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, time] = inputShape as tf.Shape
    const width = this.config.units * (this.mergeMode === 'concat' ? 2 : 1)
    return this.config.returnSequences ? [batch, time, width] : [batch, width]
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Parameters<typeof maskOf>[0]): tf.Tensor {
    const weights = this.#weights
    if (weights === undefined) throw new Error('bidirectionalLstm: the layer was not built.')
    const x = Array.isArray(inputs) ? inputs[0] : inputs
    const { units, recurrentActivation: activation, returnSequences: sequences } = this.config
    const common = { units, activation, sequences, inTime: true, mask: maskOf(kwargs) }
    return tf.tidy(() => {
      const forward = lstmSequence(x, RecurrentLayer.read(weights.forward), { ...common, backwards: false })
      const backward = lstmSequence(x, RecurrentLayer.read(weights.backward), { ...common, backwards: true })
      switch (this.mergeMode) {
        case 'concat':
          return tf.concat([forward, backward], -1)
        case 'sum':
          return forward.add(backward)
        case 'mul':
          return forward.mul(backward)
        case 'ave':
          return forward.add(backward).div(2)
      }
    })
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), mergeMode: this.mergeMode }
  }
}

tf.serialization.registerClass(BidirectionalLstm)

/**
 * Two LSTMs over the same sequence, one from its beginning and one from its end
 * (`tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(units))`).
 *
 * @returns a layer from [batch, time, inputs] to [batch, 2 * units], or [batch, time, 2 * units] with `returnSequences`
 * @throws InvalidArgumentError where an option is not what it must be
 * @example
 * tf.sequential({ layers: [bidirectionalLstm({ units: 30, inputShape: [10, 1] }), tf.layers.dense({ units: 1 })] })
 */
export function bidirectionalLstm(options: BidirectionalLstmOptions): tf.layers.Layer {
  return new BidirectionalLstm(options)
}
