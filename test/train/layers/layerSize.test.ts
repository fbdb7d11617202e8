import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { convolutionSize, outputLength, poolingSize } from '../../../src/train/layers/layerSize.ts'

beforeAll(() => setBackend('cpu'))

/** What a layer of tfjs makes of an input shape. */
function built(layer: tf.layers.Layer, inputShape: readonly number[]): { outputShape: number[]; parameters: number } {
  return tf.tidy(() => {
    const output = layer.apply(tf.zeros([1, ...inputShape])) as tf.Tensor
    return { outputShape: output.shape.slice(1), parameters: layer.countParams() }
  })
}

const size = (min: number, max: number) => fc.integer({ min, max })
const padding = fc.constantFrom('same' as const, 'valid' as const)
const inputShape = fc.tuple(size(5, 12), size(5, 12), size(1, 3))

describe('convolutionSize', () => {
  it('is what the layer itself gives', () => {
    const layers = fc
      .record({
        inputShape,
        kernelSize: fc.tuple(size(1, 5), size(1, 5)),
        filters: size(1, 4),
        strides: fc.tuple(size(1, 4), size(1, 4)),
        padding,
        useBias: fc.boolean(),
        dilationRate: size(1, 2),
      })
      // tfjs takes only one of strides and dilations; a window has to fit.
      .map((layer) => (layer.dilationRate === 1 ? layer : { ...layer, strides: [1, 1] as [number, number] }))
      .filter(({ kernelSize, dilationRate }) => Math.max(...kernelSize) * dilationRate <= 5)
    fc.assert(
      fc.property(layers, (layer) => {
        const { inputShape, ...args } = layer
        expect(convolutionSize(layer)).toEqual(built(tf.layers.conv2d(args), inputShape))
      }),
      { numRuns: 80 },
    )
  })

  it('counts the parameters of LeNet-5', () => {
    const first = convolutionSize({ inputShape: [32, 32, 1], kernelSize: 5, filters: 6 })
    expect(first).toEqual({ outputShape: [28, 28, 6], parameters: 156 })
    const pooled = poolingSize({ inputShape: first.outputShape })
    expect(pooled).toEqual({ outputShape: [14, 14, 6], parameters: 0 })
    const second = convolutionSize({ inputShape: pooled.outputShape, kernelSize: 5, filters: 16 })
    expect(second).toEqual({ outputShape: [10, 10, 16], parameters: 2416 })
  })
})

describe('poolingSize', () => {
  it('is what the layer itself gives', () => {
    const layers = fc.record({
      inputShape,
      poolSize: fc.tuple(size(1, 5), size(1, 5)),
      strides: fc.tuple(size(1, 4), size(1, 4)),
      padding,
    })
    fc.assert(
      fc.property(layers, ({ inputShape, ...args }) => {
        for (const layer of [tf.layers.maxPooling2d(args), tf.layers.averagePooling2d(args)]) {
          expect(poolingSize({ inputShape, ...args })).toEqual(built(layer, inputShape))
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('outputLength', () => {
  it.each([
    [28, 5, 1, 'same', 28],
    [28, 5, 1, 'valid', 24],
    [7, 3, 2, 'same', 4],
    [7, 3, 2, 'valid', 3],
    [6, 3, 2, 'valid', 2],
    [1, 5, 3, 'same', 1],
  ] as const)('of %i pixels, filter %i, stride %i, %s is %i', (pixels, filter, stride, pad, wanted) => {
    expect(outputLength(pixels, filter, stride, pad)).toBe(wanted)
  })

  it.each([
    [[4, 5, 1, 'valid'], 'outputLength: a window of 5 does not fit into 4 pixels. Use the padding same'],
    [[4, 5, 0, 'same'], 'outputLength: stride must be a whole number of at least 1, got 0.'],
    [[4, 5, 1, 'full'], 'outputLength: padding must be same or valid, got "full".'],
  ])('refuses %j', (args, message) => {
    expect(() => outputLength(...(args as Parameters<typeof outputLength>))).toThrow(message)
  })
})
