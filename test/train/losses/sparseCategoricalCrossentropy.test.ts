import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import {
  sparseCategoricalAccuracy,
  sparseCategoricalCrossentropy,
} from '../../../src/train/losses/sparseCategoricalCrossentropy.ts'

beforeAll(() => setBackend('cpu'))

const shares = [
  [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
  ],
  [
    [0.3, 0.3, 0.4],
    [0.25, 0.5, 0.25],
  ],
]
const labels = [
  [0, 1],
  [1, -1],
]
const value = (tensor: tf.Tensor) => tensor.dataSync()[0]

describe('sparseCategoricalCrossentropy', () => {
  it('is the mean over the labels that count', () => {
    const loss = sparseCategoricalCrossentropy({ ignoreClass: -1 })
    const wanted = -(Math.log(0.7) + Math.log(0.8) + Math.log(0.3)) / 3
    expect(value(loss(tf.tensor(labels), tf.tensor(shares)))).toBeCloseTo(wanted, 6)
  })

  it('equals that of tfjs where all count', () => {
    const all = tf.tensor([
      [0, 1],
      [1, 2],
    ])
    const ours = value(sparseCategoricalCrossentropy()(all, tf.tensor(shares)))
    const theirs = value(
      tf.mean(tf.metrics.sparseCategoricalAccuracy(all.flatten(), tf.tensor(shares).reshape([4, 3]))),
    )
    expect(ours).toBeCloseTo(-(Math.log(0.7) + Math.log(0.8) + Math.log(0.3) + Math.log(0.25)) / 4, 6)
    expect(value(sparseCategoricalAccuracy()(all, tf.tensor(shares)))).toBeCloseTo(theirs, 6)
  })

  it('takes logits, and passes no gradient to what does not count', () => {
    const loss = sparseCategoricalCrossentropy({ ignoreClass: -1, fromLogits: true })
    const gradient = tf.grad((output) => loss(tf.tensor(labels), output).asScalar())(tf.tensor(shares).log())
    const rows = gradient.reshape([4, 3]).arraySync() as number[][]
    expect(rows[3].map(Math.abs)).toEqual([0, 0, 0])
    ;[0.7 - 1, 0.2, 0.1].forEach((wanted, i) => expect(rows[0][i]).toBeCloseTo(wanted / 3, 5))
  })

  it('is 0 where nothing counts, and refuses half a class', () => {
    const loss = sparseCategoricalCrossentropy({ ignoreClass: 5 })
    expect(value(loss(tf.tensor([5]), tf.tensor([[0.5, 0.5]])))).toBe(0)
    expect(() => sparseCategoricalCrossentropy({ ignoreClass: 0.5 })).toThrow('ignoreClass must be a whole number')
  })
})
