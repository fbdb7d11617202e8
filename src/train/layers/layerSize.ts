import { checkCount, checkOptions, wrongArgument } from '../../core/checks.ts'
import { InvalidArgumentError } from '../../core/errors.ts'

/** Whether the border is padded so that every `stride`-th pixel has an output, or every window must fit. */
export type Padding = 'same' | 'valid'

/** One number for both axes, or [height, width]. */
export type Pair = number | readonly [number, number]

/** A convolution, with the names and defaults of `tf.layers.conv2d`. */
export interface ConvolutionLayer {
  /** [height, width, channels] of what goes in. */
  readonly inputShape: readonly [number, number, number]
  readonly kernelSize: Pair
  readonly filters: number
  /** 1 by default. */
  readonly strides?: Pair
  /** `valid` by default. */
  readonly padding?: Padding
  /** 1 by default. */
  readonly dilationRate?: Pair
  /** True by default. */
  readonly useBias?: boolean
}

/** A pooling, with the names and defaults of `tf.layers.maxPooling2d`. */
export interface PoolingLayer {
  /** [height, width, channels] of what goes in. */
  readonly inputShape: readonly [number, number, number]
  /** 2 by default. */
  readonly poolSize?: Pair
  /** The pool size by default. */
  readonly strides?: Pair
  /** `valid` by default. */
  readonly padding?: Padding
}

/** What a layer gives, and how many numbers it learns. */
export interface LayerSize {
  /** [height, width, channels]. */
  readonly outputShape: readonly [number, number, number]
  readonly parameters: number
}

/**
 * The length of one axis after a convolution or pooling: `ceil(size / stride)` for SAME, `ceil((size - filter + 1) /
 * stride)` for VALID (`tf.nn.convolution`).
 *
 * @param filter how many pixels a window spans, its gaps included
 * @throws InvalidArgumentError where a number is not whole or a VALID window does not fit
 * @example
 * outputLength(28, 5, 1, 'valid') // 24
 */
export function outputLength(size: number, filter: number, stride: number, padding: Padding): number {
  for (const [name, value] of Object.entries({ size, filter, stride })) {
    checkCount('outputLength', name, value, { min: 1 })
  }
  if (padding === 'same') return Math.ceil(size / stride)
  if ((padding as string) !== 'valid') throw wrongArgument('outputLength', 'padding', 'same or valid', padding)
  if (filter > size) {
    throw new InvalidArgumentError(`outputLength: a window of ${filter} does not fit into ${size} pixels.`, {
      hint: 'Use the padding same, or a smaller window.',
    })
  }
  return Math.ceil((size - filter + 1) / stride)
}

/**
 * Output shape and number of parameters of a convolution, before there is a model.
 *
 * @throws InvalidArgumentError where a number is not whole or a VALID window does not fit
 * @example
 * convolutionSize({ inputShape: [32, 32, 1], kernelSize: 5, filters: 6 }) // { outputShape: [28, 28, 6], parameters: 156 }
 */
export function convolutionSize(layer: ConvolutionLayer): LayerSize {
  checkOptions('convolutionSize', layer, convolutionNames)
  const { inputShape, filters, padding = 'valid', useBias = true } = layer
  const [height, width, channels] = checkInput('convolutionSize', inputShape)
  const [kernelHeight, kernelWidth] = pair(layer.kernelSize)
  const [strideHeight, strideWidth] = pair(layer.strides ?? 1)
  const [gapHeight, gapWidth] = pair(layer.dilationRate ?? 1)
  checkCount('convolutionSize', 'filters', filters, { min: 1 })
  checkCount('convolutionSize', 'inputShape', channels, { min: 1 })
  return {
    outputShape: [
      outputLength(height, (kernelHeight - 1) * gapHeight + 1, strideHeight, padding),
      outputLength(width, (kernelWidth - 1) * gapWidth + 1, strideWidth, padding),
      filters,
    ],
    parameters: kernelHeight * kernelWidth * channels * filters + (useBias ? filters : 0),
  }
}

/**
 * Output shape of a pooling, which learns nothing.
 *
 * @throws InvalidArgumentError where a number is not whole or a VALID window does not fit
 * @example
 * poolingSize({ inputShape: [28, 28, 6] }) // { outputShape: [14, 14, 6], parameters: 0 }
 */
export function poolingSize(layer: PoolingLayer): LayerSize {
  checkOptions('poolingSize', layer, ['inputShape', 'poolSize', 'strides', 'padding'])
  const { inputShape, poolSize = 2, strides = poolSize, padding = 'valid' } = layer
  const [height, width, channels] = checkInput('poolingSize', inputShape)
  const [poolHeight, poolWidth] = pair(poolSize)
  const [strideHeight, strideWidth] = pair(strides)
  return {
    outputShape: [
      outputLength(height, poolHeight, strideHeight, padding),
      outputLength(width, poolWidth, strideWidth, padding),
      channels,
    ],
    parameters: 0,
  }
}

function pair(value: Pair): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value
}

const convolutionNames = ['inputShape', 'kernelSize', 'filters', 'strides', 'padding', 'dilationRate', 'useBias']

function checkInput(operation: string, shape: readonly number[]): readonly number[] {
  const given: unknown = shape
  if (Array.isArray(given) && given.length === 3) return shape
  throw wrongArgument(operation, 'inputShape', '[height, width, channels]', shape)
}
