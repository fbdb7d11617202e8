import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compute, dot, expectClose, gradients, values, type Values } from './onBackend.ts'

type Pad = 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]]

interface Convolution {
  readonly input: readonly [number, number, number, number]
  readonly filter: readonly [number, number, number, number]
  readonly strides: [number, number]
  readonly pad: Pad
}

type Op = (x: tf.Tensor, filter: tf.Tensor, row: Convolution) => tf.Tensor

const conv: Op = (x, filter, { strides, pad }) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad)
const depthwise: Op = (x, filter, { strides, pad }) =>
  tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad)

const explicit = (top: number, bottom: number, left: number, right: number): Pad => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
]

function row(
  input: Convolution['input'],
  [height, width, filters]: readonly [number, number, number],
  strides: [number, number],
  pad: Pad,
): Convolution {
  return { input, filter: [height, width, input[3], filters], strides, pad }
}

/** The gradients of both inputs on wasm against those of the cpu backend. */
async function expectAsOnCpu(op: Op, convolution: Convolution): Promise<void> {
  const x = values(convolution.input, 1)
  const filter = values(convolution.filter, 2)
  const [y] = await compute('cpu', [x, filter], (a, b) => [op(a, b, convolution)])
  const inputs = [x, filter, values(y.shape, 3)]
  const both = gradients((a, b) => op(a, b, convolution))
  expectClose(await compute('wasm', inputs, both), await compute('cpu', inputs, both))
}

const table: readonly (readonly [string, Convolution])[] = [
  ['5x5 same', row([2, 8, 8, 3], [5, 5, 4], [1, 1], 'same')],
  ['3x3 valid', row([3, 7, 6, 2], [3, 3, 5], [1, 1], 'valid')],
  ['one image, one channel', row([1, 5, 5, 1], [3, 3, 1], [1, 1], 'same')],
  ['one pixel', row([4, 5, 3, 6], [1, 1, 7], [1, 1], 'same')],
  ['one pixel, stride 2', row([2, 5, 6, 3], [1, 1, 2], [2, 2], 'valid')],
  ['one pixel, padded', row([2, 4, 4, 2], [1, 1, 3], [1, 1], explicit(1, 2, 0, 1))],
  ['one pixel, stride and padding that keep the size', row([2, 3, 3, 2], [1, 1, 3], [2, 2], explicit(1, 2, 1, 2))],
  ['even filter same', row([2, 6, 6, 2], [2, 4, 3], [1, 1], 'same')],
  ['stride 2 same', row([2, 8, 8, 3], [3, 3, 4], [2, 2], 'same')],
  ['stride 2 valid, rows left over', row([2, 8, 9, 3], [3, 2, 4], [2, 2], 'valid')],
  ['stride 3 valid, many rows left over', row([2, 10, 12, 2], [2, 2, 3], [3, 3], 'valid')],
  ['stride larger than the filter', row([2, 11, 11, 2], [2, 2, 3], [4, 5], 'valid')],
  ['uneven strides', row([2, 9, 7, 2], [3, 3, 3], [2, 1], 'same')],
  ['explicit uneven padding', row([2, 6, 6, 2], [3, 3, 3], [1, 1], explicit(2, 0, 1, 2))],
  ['padding as wide as the filter', row([1, 4, 4, 2], [2, 2, 3], [1, 1], explicit(2, 3, 2, 2))],
  ['filter as large as the input', row([3, 5, 4, 2], [5, 4, 6], [1, 1], 'valid')],
  ['8 channels to more', row([3, 6, 7, 8], [3, 2, 11], [1, 1], 'same')],
  ['8 channels to more, explicit padding', row([2, 6, 5, 8], [3, 4, 9], [1, 1], explicit(2, 0, 1, 3))],
  ['8 channels to fewer', row([3, 6, 7, 8], [3, 2, 5], [1, 1], 'same')],
  ['more places than are listed at once', row([1, 64, 64, 41], [5, 5, 2], [1, 1], 'same')],
  ['more places than are listed at once, stride 2', row([1, 92, 92, 83], [5, 5, 1], [2, 2], 'valid')],
  ['stride 2 in several pieces', row([40, 16, 16, 32], [3, 3, 2], [2, 2], 'same')],
]

describe('gradients of conv2d', () => {
  it.each(table)('%s', (_, convolution) => expectAsOnCpu(conv, convolution))

  it('equals cpu for any small convolution', async () => {
    await fc.assert(
      fc.asyncProperty(small(), (convolution) => expectAsOnCpu(conv, convolution)),
      { numRuns: 60, seed: 5 },
    )
  })
})

const depthwiseTable: readonly (readonly [string, Convolution])[] = [
  ['3x3 same', row([2, 7, 7, 5], [3, 3, 1], [1, 1], 'same')],
  ['5x3 valid', row([2, 7, 7, 4], [5, 3, 1], [1, 1], 'valid')],
  ['two filters a channel', row([2, 6, 6, 3], [3, 3, 2], [1, 1], 'same')],
  ['stride 2', row([2, 8, 7, 4], [3, 3, 1], [2, 2], 'same')],
  ['stride 2, three filters a channel', row([2, 8, 8, 2], [2, 2, 3], [2, 2], 'valid')],
  ['explicit padding', row([1, 5, 5, 2], [3, 3, 1], [1, 1], explicit(2, 0, 0, 1))],
]

describe('gradients of depthwiseConv2d', () => {
  it.each(depthwiseTable)('%s', (_, convolution) => expectAsOnCpu(depthwise, convolution))

  it('equals cpu for any small convolution', async () => {
    await fc.assert(
      fc.asyncProperty(small(), (convolution) => expectAsOnCpu(depthwise, convolution)),
      { numRuns: 40, seed: 6 },
    )
  })

  /*
   * The cpu kernels leave dilations out, so these rows are held against the forward pass: a convolution is linear in
   * both operands, so the gradient times any direction is the output in that direction times the gradient of the output.
   */
  it.each([
    ['same', [2, 2], 1],
    ['valid', [3, 2], 1],
    ['same', [2, 1], 2],
  ] as const)('dilations: %s %j, %i filters a channel', async (pad, dilations, filters) => {
    const x = values([2, 9, 8, 3], 1)
    const filter = values([3, 2, 3, filters], 2)
    const forward = (a: tf.Tensor, b: tf.Tensor) =>
      tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, pad, 'NHWC', [...dilations])
    const [y] = await compute('cpu', [x, filter], (a, b) => [forward(a, b)])
    const dy = values(y.shape, 3)
    const common = { strides: [1, 1], dilations: [...dilations], pad }
    const [dx, dw] = await compute('wasm', [x, filter, dy], (a, b, c) => [
      run('DepthwiseConv2dNativeBackpropInput', { dy: c, filter: b }, { ...common, inputShape: a.shape }),
      run('DepthwiseConv2dNativeBackpropFilter', { x: a, dy: c }, { ...common, filterShape: b.shape }),
    ])
    const alongX = values(x.shape, 4)
    const alongFilter = values(filter.shape, 5)
    const [yX, yFilter] = await compute('cpu', [x, filter, alongX, alongFilter], (a, b, da, db) => [
      forward(da, b),
      forward(a, db),
    ])
    expectProduct(dot(dx, alongX), dot(dy, yX), dx)
    expectProduct(dot(dw, alongFilter), dot(dy, yFilter), dw)
  })
})

function run(name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(name, inputs, attrs)
}

function expectProduct(got: number, wanted: number, of: Values): void {
  expect(Math.abs(got - wanted)).toBeLessThan(1e-5 * of.data.length)
}

/** Convolutions of all kinds that fit together, no larger than needed to show a fault. */
function small(): fc.Arbitrary<Convolution> {
  const size = (max: number) => fc.integer({ min: 1, max })
  return fc
    .record({
      images: size(3),
      height: fc.integer({ min: 3, max: 9 }),
      width: fc.integer({ min: 3, max: 9 }),
      channels: size(4),
      filter: fc.tuple(size(3), size(3), size(4)),
      strides: fc.tuple(size(3), size(3)),
      pad: fc.oneof(
        fc.constantFrom<Pad>('same', 'valid'),
        fc.tuple(size(2), size(2), size(2), size(2)).map((sides) => explicit(...sides)),
      ),
    })
    .map(({ images, height, width, channels, filter, strides, pad }) =>
      row([images, height, width, channels], filter, strides, pad),
    )
}
