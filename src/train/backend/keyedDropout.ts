import * as tf from '@tensorflow/tfjs'
import { wrongArgument } from '../../core/checks.ts'
import { foldIn, keyOf, philox } from '../../core/random.ts'

/** How a dropout layer drops. */
export interface KeyedDropoutOptions {
  /** Share of the values set to 0, from 0 to below 1; the others grow by 1 / (1 - rate). */
  readonly rate: number
  /** Whole number that decides, with the step, which; give each layer of a model its own. 0 by default. */
  readonly seed?: number
  /** The layer's name; tfjs makes one up by default. */
  readonly name?: string
}

/**
 * Dropout whose mask depends on the seed and the step alone. (That of tfjs draws one mask for ever when it is seeded,
 * and cannot be resumed when it is not.)
 *
 * Whoever trains sets `step` before each training step; a resumed run that sets the same step drops the same values.
 */
export class KeyedDropout extends tf.layers.Layer {
  static readonly className = 'KeyedDropout'
  readonly rate: number
  readonly seed: number
  /** Steps done before the one to come. */
  step = 0

  constructor(options: KeyedDropoutOptions) {
    super(options)
    const { rate, seed = 0 } = options
    if (!(rate >= 0 && rate < 1)) throw wrongArgument('keyedDropout', 'rate', 'from 0 to below 1', rate)
    if (!Number.isSafeInteger(seed)) throw wrongArgument('keyedDropout', 'seed', 'a whole number', seed)
    this.rate = rate
    this.seed = seed
    this.supportsMasking = true
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { readonly training?: boolean }): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs
    if (kwargs.training !== true || this.rate === 0) return x.clone()
    return tf.tidy(() => tf.mul(x, tf.tensor(dropoutMask(this.seed, this.step, this.rate, x.size), x.shape)))
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed }
  }
}

tf.serialization.registerClass(KeyedDropout)

/**
 * A dropout layer that can be resumed: its mask is keyed by the seed and the step.
 *
 * @param options the rate and the seed
 * @returns a layer that keeps the shape and dtype of what it is given, and does nothing outside training
 * @throws InvalidArgumentError where the rate is not from 0 to below 1, or the seed no whole number
 * @example
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [4] }), keyedDropout({ rate: 0.5, seed: 7 })] })
 */
export function keyedDropout(options: KeyedDropoutOptions): KeyedDropout {
  return new KeyedDropout(options)
}

/** The mask of one step: 0 for what is dropped and 1 / (1 - rate) for the rest. */
function dropoutMask(seed: number, step: number, rate: number, size: number): Float32Array {
  const key = foldIn(keyOf(seed), step)
  const words = new Uint32Array(4)
  const mask = new Float32Array(size)
  const least = rate * 0x100000000
  const kept = 1 / (1 - rate)
  for (let i = 0; i < size; i++) {
    if (i % 4 === 0) philox(words, key, i / 4, 0, 0, 2)
    mask[i] = words[i % 4] >= least ? kept : 0
  }
  return mask
}
