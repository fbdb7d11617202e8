import * as tf from '@tensorflow/tfjs'
import { checkBoolean, checkCount, wrongArgument } from '../../core/checks.ts'
import type { GateActivation } from './lstmKernel.ts'
import type { LstmTensors } from './lstmSequence.ts'
import { orthogonalRows } from './orthogonal.ts'

/** Options of the recurrent layers, with TensorFlow's names and defaults. */
export interface LstmOptions {
  /** Size of the output. */
  readonly units: number
  /** Whether every step's output is given, [batch, time, units], or the last alone, [batch, units], the default. */
  readonly returnSequences?: boolean
  /** How the gates are squashed; `sigmoid` by default, as in Keras (tfjs's own default is `hardSigmoid`). */
  readonly recurrentActivation?: GateActivation
  /** Whether the forget gate's bias begins at 1; true by default. */
  readonly unitForgetBias?: boolean
  /** Whole number that decides the weights; give each layer of a model its own. 0 by default. */
  readonly seed?: number
  /** [time, inputs], for the first layer of a sequential model; null for any number of steps. */
  readonly inputShape?: readonly (number | null)[]
  /** The layer's name; tfjs makes one up by default. */
  readonly name?: string
}

/** What the layer knows once its options are checked. */
export type LstmConfig = Required<Omit<LstmOptions, 'inputShape' | 'name'>>

/** Weights of one direction. */
interface Weights {
  readonly kernel: Variable
  readonly recurrent: Variable
  readonly bias: Variable
}

type Variable = tf.layers.Layer['weights'][number]

/** Checks the options and fills in their defaults. */
export function lstmConfig(operation: string, options: LstmOptions): LstmConfig {
  const { recurrentActivation = 'sigmoid', seed = 0 } = options
  if (!['sigmoid', 'hardSigmoid'].includes(recurrentActivation)) {
    throw wrongArgument(operation, 'recurrentActivation', 'sigmoid or hardSigmoid', recurrentActivation)
  }
  return {
    units: checkCount(operation, 'units', options.units, { min: 1 }),
    returnSequences: checkBoolean(operation, 'returnSequences', options.returnSequences ?? false),
    unitForgetBias: checkBoolean(operation, 'unitForgetBias', options.unitForgetBias ?? true),
    recurrentActivation,
    seed: checkCount(operation, 'seed', seed),
  }
}

/** A layer with the weights of one or two directions over a sequence. */
export abstract class RecurrentLayer extends tf.layers.Layer {
  protected readonly config: LstmConfig

  constructor(operation: string, options: LstmOptions) {
    // Beside the options the layer is built with, tfjs hands over those of its own when it loads a model.
    super(options as object)
    this.config = lstmConfig(operation, options)
    this.supportsMasking = true
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.config }
  }

  override computeMask(_: tf.Tensor | tf.Tensor[], mask?: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const one = Array.isArray(mask) ? mask[0] : mask
    // tfjs takes null for no mask.
    return (this.config.returnSequences ? one : null) as tf.Tensor
  }

  /** Makes the weights of a direction; Keras's names, order and initial values. */
  protected addWeights(inputs: number, prefix = '', seedOffset = 0): Weights {
    const { units, unitForgetBias } = this.config
    const seed = 4 * this.config.seed + seedOffset
    const [zeros, glorot] = [tf.initializers.zeros(), tf.initializers.glorotUniform({ seed })]
    const weights = {
      kernel: this.addWeight(`${prefix}kernel`, [inputs, 4 * units], 'float32', glorot),
      recurrent: this.addWeight(`${prefix}recurrent_kernel`, [units, 4 * units], 'float32', zeros),
      bias: this.addWeight(`${prefix}bias`, [4 * units], 'float32', zeros),
    }
    tf.tidy(() => {
      weights.recurrent.write(orthogonalRows(units, 4 * units, seed + 1))
      const forget = tf.fill([units], unitForgetBias ? 1 : 0)
      weights.bias.write(tf.concat([tf.zeros([units]), forget, tf.zeros([2 * units])]))
    })
    return weights
  }

  protected static read({ kernel, recurrent, bias }: Weights): LstmTensors {
    return { kernel: kernel.read(), recurrent: recurrent.read(), bias: bias.read() }
  }
}

/** The mask of a call, if there is one. */
export function maskOf(kwargs: { readonly mask?: tf.Tensor | readonly tf.Tensor[] | null }): tf.Tensor | undefined {
  const { mask } = kwargs
  return (Array.isArray(mask) ? (mask as readonly tf.Tensor[])[0] : (mask as tf.Tensor | null)) ?? undefined
}
