import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { compute, counts } from './onBackend.ts'

const inputs = [{ shape: [4], data: new Float32Array([-1.5, 0, 1, 2.75]) }]

it('cast on wasm changes the dtype', async () => {
  const [whole] = await compute('wasm', inputs, (x) => [tf.cast(x, 'int32')])
  expect([...whole.data]).toEqual([-1, 0, 1, 2])
})

it('cast on wasm to the same dtype shares the data, which outlives the original', async () => {
  await setBackend('wasm')
  const before = counts()
  const x = tf.tensor1d([1, 2, 3])
  const same = tf.cast(x, 'float32')
  expect(counts().pieces).toBe(before.pieces + 1)
  x.dispose()
  expect([...same.dataSync()]).toEqual([1, 2, 3])
  same.dispose()
  expect(counts()).toEqual(before)
})
