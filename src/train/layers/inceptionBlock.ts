import * as tf from '@tensorflow/tfjs'
import { checkCount } from '../../core/checks.ts'

/** How many filters each branch of an Inception module has. */
export interface InceptionFilters {
  /** Of the 1x1 convolution. */
  readonly one: number
  /** Of the 1x1 convolution that narrows, and of the 3x3 convolution after it. */
  readonly three: readonly [number, number]
  /** Of the 1x1 convolution that narrows, and of the 5x5 convolution after it. */
  readonly five: readonly [number, number]
  /** Of the 1x1 convolution after the 3x3 max-pooling. */
  readonly pool: number
}

/** Options of `inceptionBlock`. */
export interface InceptionOptions extends InceptionFilters {
  /** Whole number that decides the weights; give each block of a model its own. 0 by default. */
  readonly seed?: number
  /** Begins the names of its layers, as in `mixed1`; tfjs makes names up by default. */
  readonly name?: string
}

/**
 * The Inception module with dimension reduction (Szegedy et al., "Going Deeper with Convolutions", 2015, figure 2b): four
 * branches of different reach over the same picture, joined on channels.
 *
 *     1x1
 *     1x1, 3x3
 *     1x1, 5x5                     all with stride 1, same padding and relu
 *     3x3 max-pool, 1x1
 *
 * @param x [batch, height, width, channels]
 * @returns [batch, height, width, one + three[1] + five[1] + pool]
 * @throws InvalidArgumentError where a number of filters is not whole
 * @example
 * const mixed = inceptionBlock(x, { one: 16, three: [24, 32], five: [4, 8], pool: 8 })
 */
export function inceptionBlock(x: tf.SymbolicTensor, options: InceptionOptions): tf.SymbolicTensor {
  const { one, three, five, pool, seed = 0, name } = options
  const named = (part: string): { name?: string } => (name === undefined ? {} : { name: `${name}_${part}` })
  let layers = 0
  const conv = (part: string, filters: number, kernelSize: number, from: tf.SymbolicTensor): tf.SymbolicTensor => {
    checkCount('inceptionBlock', part, filters, { min: 1 })
    const kernelInitializer = tf.initializers.heNormal({ seed: 16 * seed + layers++ })
    const layer = tf.layers.conv2d({
      ...{ filters, kernelSize, kernelInitializer, padding: 'same', activation: 'relu' },
      ...named(part),
    })
    return layer.apply(from) as tf.SymbolicTensor
  }
  const pooled = tf.layers.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same', ...named('pooling') }).apply(x)
  const branches = [
    conv('one', one, 1, x),
    conv('three', three[1], 3, conv('three_narrow', three[0], 1, x)),
    conv('five', five[1], 5, conv('five_narrow', five[0], 1, x)),
    conv('pool', pool, 1, pooled as tf.SymbolicTensor),
  ]
  return tf.layers.concatenate({ axis: -1, ...named('join') }).apply(branches) as tf.SymbolicTensor
}
