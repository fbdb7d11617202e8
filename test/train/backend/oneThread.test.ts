import os from 'node:os'
import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { compute, expectClose, gradients, values } from './onBackend.ts'

const conv = (x: tf.Tensor, filter: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same')

it('wasm with one thread equals cpu, and leaves Node as it was', async () => {
  const { threads } = await setBackend('wasm', { threads: 1 })
  expect(threads).toBe(1)
  expect(os.cpus()[0]).toHaveProperty('model')
  const inputs = [values([2, 8, 8, 3], 1), values([5, 5, 3, 4], 2), values([2, 8, 8, 4], 3)]
  expectClose(await compute('wasm', inputs, gradients(conv)), await compute('cpu', inputs, gradients(conv)))
})
