import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { setBackend } from '../../src/train/backend/setBackend.ts'
import { toTensors } from '../../src/train/toTensors.ts'

beforeAll(() => setBackend('cpu'))

describe('toTensors', () => {
  it.each([
    [new Float32Array([1.5, 2]), 'float32'],
    [new Float64Array([1.5, 2]), 'float32'],
    [new Int8Array([-1, 2]), 'int32'],
    [new Uint8Array([250, 2]), 'int32'],
    [new Int16Array([-300, 2]), 'int32'],
    [new Uint16Array([65535, 2]), 'int32'],
    [new Int32Array([-70000, 2]), 'int32'],
  ])('%o becomes %s', async (data, dtype) => {
    const before = tf.memory().numTensors
    const { x } = toTensors({ x: ndarray(data, [2, 1]) })
    expect(x.dtype).toBe(dtype)
    expect(x.shape).toEqual([2, 1])
    expect(Array.from(await x.data())).toEqual(Array.from(data))
    expect(tf.memory().numTensors).toBe(before + 1)
    x.dispose()
  })

  it('keeps booleans, texts and the structure', async () => {
    const batch = [{ a: ndarray([true, false]) }, ndarray(['x', 'y'])] as const
    const [{ a }, b] = toTensors(batch)
    expect(a.dtype).toBe('bool')
    expect(Array.from(await a.data())).toEqual([1, 0])
    expect(await b.array()).toEqual(['x', 'y'])
    tf.dispose([a, b])
  })

  it('reads shared memory', async () => {
    const data = new Float32Array(new SharedArrayBuffer(8))
    data.set([3, 4])
    const x = toTensors(ndarray(data, [2]))
    expect(Array.from(await x.data())).toEqual([3, 4])
    x.dispose()
  })

  it.each([
    [
      { id: ndarray([1n]) },
      'toTensors: id is int64, which tfjs has no tensor for. Map it to int32, float32, bool or string first.',
    ],
    [
      { a: [new NdArray('uint32', [1], new Uint32Array(1))] },
      'toTensors: a[0] is uint32, which tfjs has no tensor for.',
    ],
    [{ label: 3 }, 'toTensors: label is 3, not an NdArray. Batch the elements first.'],
    ['x', 'toTensors: the batch is the string "x", not an NdArray.'],
  ])('refuses %o', (batch, message) => {
    expect(() => toTensors(batch)).toThrow(message)
  })
})
