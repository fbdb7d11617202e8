import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { adam } from '../../../src/train/optimizers/adam.ts'
import { setBackend } from '../../../src/train/backend/setBackend.ts'

beforeAll(() => setBackend('cpu'))

/** Steps down f(x) = sum of (x - target)^2, from the same start. */
function descend(optimizer: tf.Optimizer, x: tf.Variable, steps: number): void {
  for (let i = 0; i < steps; i++) {
    optimizer.minimize(() => tf.tidy(() => x.sub([1, -2, 3]).square().sum()), false, [x])?.dispose()
  }
}

describe('adam', () => {
  it('follows that of tfjs', async () => {
    const ours = tf.variable(tf.tensor([0, 0, 0]))
    const theirs = tf.variable(tf.tensor([0, 0, 0]))
    descend(adam({ learningRate: 0.1 }), ours, 50)
    descend(tf.train.adam(0.1, 0.9, 0.999, 1e-7), theirs, 50)
    const expected = await theirs.data()
    ;(await ours.data()).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 3))
  })

  it('restored at any step, goes on bit for bit', async () => {
    for (const before of [0, 1, 2, 7]) {
      const whole = tf.variable(tf.tensor([0, 0, 0]))
      descend(adam({ learningRate: 0.1 }), whole, 12)
      const x = tf.variable(tf.tensor([0, 0, 0]))
      const first = adam({ learningRate: 0.1 })
      descend(first, x, before)
      const saved = (await first.getWeights()).map(({ name, tensor }) => ({ name, tensor: tensor.clone() }))
      const second = adam({ learningRate: 0.1 })
      await second.setWeights(saved)
      descend(second, x, 12 - before)
      expect(Array.from(await x.data())).toEqual(Array.from(await whole.data()))
    }
  })

  it('takes a schedule, told the steps done', () => {
    const asked: number[] = []
    const x = tf.variable(tf.tensor([0, 0, 0]))
    descend(adam({ learningRate: (step) => (asked.push(step), 0.1) }), x, 3)
    expect(asked).toEqual([0, 1, 2])
  })

  it('keeps the number of tensors, and gives all of them back', async () => {
    const before = tf.memory().numTensors
    const x = tf.variable(tf.tensor([0, 0, 0]))
    const optimizer = adam()
    descend(optimizer, x, 1)
    const running = tf.memory().numTensors
    descend(optimizer, x, 5)
    expect(tf.memory().numTensors).toBe(running)
    tf.dispose(x)
    optimizer.dispose()
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2)
    await Promise.resolve()
  })

  it('refuses a decay of 1', () => {
    expect(() => adam({ beta1: 1 })).toThrow('adam: beta1 must be from 0 to below 1, got 1.')
  })
})
