import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compute, dot, expectClose, gradients, values } from './onBackend.ts'

interface Pooling {
  readonly input: readonly [number, number, number, number]
  readonly size: [number, number]
  readonly strides: [number, number]
  readonly pad: 'same' | 'valid'
}

const table: readonly (readonly [string, Pooling])[] = [
  ['2x2 stride 2', { input: [2, 6, 8, 3], size: [2, 2], strides: [2, 2], pad: 'same' }],
  ['2x2 stride 2 valid, a row left over', { input: [2, 7, 5, 3], size: [2, 2], strides: [2, 2], pad: 'valid' }],
  ['2x2 stride 2 same, over the border', { input: [2, 7, 5, 3], size: [2, 2], strides: [2, 2], pad: 'same' }],
  ['overlapping', { input: [2, 7, 7, 4], size: [3, 3], strides: [2, 2], pad: 'same' }],
  ['stride 1', { input: [1, 5, 6, 2], size: [3, 2], strides: [1, 1], pad: 'same' }],
  ['gaps between windows', { input: [1, 9, 9, 2], size: [2, 2], strides: [3, 4], pad: 'valid' }],
  ['one window', { input: [3, 4, 4, 5], size: [4, 4], strides: [1, 1], pad: 'valid' }],
]

const max = (x: tf.Tensor, { size, strides, pad }: Pooling) => tf.maxPool(x as tf.Tensor4D, size, strides, pad)
const average = (x: tf.Tensor, { size, strides, pad }: Pooling) => tf.avgPool(x as tf.Tensor4D, size, strides, pad)

/** With few distinct values, so that windows hold equal ones. */
async function expectMaxAsOnCpu(pooling: Pooling): Promise<void> {
  const x = values(pooling.input, 1, 2)
  const [y] = await compute('cpu', [x], (a) => [max(a, pooling)])
  const inputs = [x, values(y.shape, 2)]
  const gradient = gradients((a) => max(a, pooling))
  expectClose(await compute('wasm', inputs, gradient), await compute('cpu', inputs, gradient))
}

describe('gradient of maxPool', () => {
  it.each(table)('%s', (_, pooling) => expectMaxAsOnCpu(pooling))

  it('equals cpu for any small pooling', async () => {
    const size = (least: number, most: number) => fc.integer({ min: least, max: most })
    const pooling = fc.record({
      input: fc.tuple(size(1, 2), size(3, 7), size(3, 7), size(1, 3)),
      size: fc.tuple(size(1, 3), size(1, 3)),
      strides: fc.tuple(size(1, 3), size(1, 3)),
      pad: fc.constantFrom('same' as const, 'valid' as const),
    })
    await fc.assert(fc.asyncProperty(pooling, expectMaxAsOnCpu), { numRuns: 60, seed: 7 })
  })
})

describe('gradient of avgPool', () => {
  // The cpu backend's own gradient counts the padding, unlike its forward pass; pooling is linear, so that is the test.
  it.each(table)('%s', async (_, pooling) => {
    const direction = values(pooling.input, 1)
    const [y] = await compute('cpu', [direction], (a) => [average(a, pooling)])
    const dy = values(y.shape, 2)
    const [dx] = await compute(
      'wasm',
      [direction, dy],
      gradients((a) => average(a, pooling)),
    )
    expect(dot(dx, direction)).toBeCloseTo(dot(dy, y), 4)
  })
})
