import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { inceptionBlock } from '../../../src/train/layers/inceptionBlock.ts'

const filters = { one: 3, three: [2, 4], five: [1, 2], pool: 5 } as const

function model(seed: number): tf.LayersModel {
  const input = tf.input({ shape: [6, 7, 2] })
  return tf.model({ inputs: input, outputs: inceptionBlock(input, { ...filters, seed, name: `mixed${seed}` }) })
}

describe('inceptionBlock', () => {
  beforeAll(() => setBackend('cpu'))

  it('joins four branches on channels', () => {
    const built = model(1)
    expect(built.outputShape).toEqual([null, 6, 7, 14])
    const one = 2 * 3 + 3
    const three = 2 * 2 + 2 + 9 * 2 * 4 + 4
    const five = 2 * 1 + 1 + 25 * 1 * 2 + 2
    const pool = 2 * 5 + 5
    expect(built.countParams()).toBe(one + three + five + pool)
    expect(built.layers.map(({ name }) => name)).toContain('mixed1_five_narrow')
  })

  it('computes what the branches compute alone', () => {
    const built = model(2)
    const x = tf.randomUniform([2, 6, 7, 2], -1, 1, 'float32', 3)
    const weight = (name: string) => built.getLayer(`mixed2_${name}`).getWeights()
    const conv = (from: tf.Tensor, name: string) => {
      const [kernel, bias] = weight(name)
      return tf.relu(tf.add(tf.conv2d(from as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'), bias))
    }
    const wanted = tf.concat(
      [
        conv(x, 'one'),
        conv(conv(x, 'three_narrow'), 'three'),
        conv(conv(x, 'five_narrow'), 'five'),
        conv(tf.maxPool(x as tf.Tensor4D, 3, 1, 'same'), 'pool'),
      ],
      -1,
    )
    const difference = tf.max(tf.abs(tf.sub(built.predict(x) as tf.Tensor, wanted))).dataSync()[0]
    expect(difference).toBeLessThan(1e-6)
  })

  it('begins with the same weights for the same seed', () => {
    const sum = (seed: number) =>
      model(seed)
        .getWeights()
        .map((weight) => weight.abs().sum().dataSync()[0])
    expect(sum(4)).toEqual(sum(4))
    expect(sum(4)).not.toEqual(sum(5))
  })

  it('refuses half a filter', () => {
    const input = tf.input({ shape: [6, 7, 2] })
    expect(() => inceptionBlock(input, { ...filters, five: [1, 2.5] })).toThrow(
      'inceptionBlock: five must be a whole number of at least 1, got 2.5.',
    )
  })
})
