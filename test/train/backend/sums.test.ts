import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { backends, compute, expectClose, values } from './onBackend.ts'

describe('sum on wasm', () => {
  it.each([
    [[6, 5], [0], false],
    [[6, 5], [0], true],
    [[7, 3], [0], false],
    [[8, 3], [0], false],
    [[9, 3], [0], false],
    [[47, 1], [0], true],
    [[6, 5], [1], false],
    [[6, 5], [-2], false],
    [[6, 5], undefined, false],
    [[6, 5], [0, 1], true],
    [[4, 3, 2, 5], [0, 1, 2], false],
    [[4, 3, 2, 5], [2, 0, 1], true],
    [[4, 3, 2, 5], [0, 2], false],
    [[7], [0], false],
    [[0, 3], [0], false],
  ])('%j over %j, kept %s', async (shape, axis, keepDims) => {
    const inputs = [values(shape, 1)]
    const sum = (x: tf.Tensor) => [tf.sum(x, axis, keepDims)]
    expectClose(await compute('wasm', inputs, sum), await compute('cpu', inputs, sum))
  })

  it('leaves int32 to the backend', async () => {
    const inputs = [{ shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) }]
    const [total] = await compute('wasm', inputs, (x) => [tf.sum(x.toInt(), 0)])
    expect([...total.data]).toEqual([4, 6])
  })

  it('adds in float64', async () => {
    const inputs = [{ shape: [1 << 20, 1], data: new Float32Array(1 << 20).fill(0.1) }]
    const [total] = await compute('wasm', inputs, (x) => [tf.sum(x, 0)])
    expect(total.data[0]).toBe(Math.fround(Math.fround(0.1) * (1 << 20)))
  })
})

describe.each(backends)('unsortedSegmentSum on %s', (backend) => {
  it.each([
    ['rows', [4, 3], [1, 0, 1, 2], 3],
    ['an empty segment', [3, 2], [0, 3, 0], 4],
    ['numbers', [5], [0, 1, 0, 1, 1], 2],
    ['rows of matrices', [2, 2, 3], [1, 1], 2],
  ] as const)('%s', async (_, shape, ids, segments) => {
    const x = values(shape, 1)
    const width = x.data.length / ids.length
    const wanted = new Float32Array(segments * width)
    x.data.forEach((value, i) => {
      wanted[ids[Math.floor(i / width)] * width + (i % width)] += value
    })
    const got = await compute(backend, [x], (a) => [tf.unsortedSegmentSum(a, tf.tensor1d([...ids], 'int32'), segments)])
    expectClose(got, [{ shape: [segments, ...shape.slice(1)], data: wanted }])
  })
})
