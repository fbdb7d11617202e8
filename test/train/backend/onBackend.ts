import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { setBackend, type BackendChoice } from '../../../src/train/backend/setBackend.ts'

/** Values and shape of a tensor, independent of any backend. */
export interface Values {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Largest difference allowed, as a share of the largest value (at least 1). */
export const tolerance = 1e-4

/** tfjs-node where it loads, and the backends that always do. */
export const backends: readonly BackendChoice[] = [...((await nodeLoads()) ? (['node'] as const) : []), 'wasm', 'cpu']

async function nodeLoads(): Promise<boolean> {
  return setBackend('node').then(
    () => true,
    () => false,
  )
}

/** Float32 values from a seed, spread over -1 to 1; `steps` makes equal ones likely. */
export function values(shape: readonly number[], seed: number, steps = 0): Values {
  let state = seed * 2654435761 + 12345
  const data = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    const unit = (state >>> 8) / 0x800000 - 1
    return steps === 0 ? unit : Math.round(unit * steps) / steps
  })
  return { shape, data }
}

/** What `compute` makes of the inputs on a backend; fails if a tensor or its memory stays behind. */
export async function compute(
  choice: BackendChoice,
  inputs: readonly Values[],
  action: (...tensors: tf.Tensor[]) => tf.Tensor[],
): Promise<Values[]> {
  await setBackend(choice)
  const before = counts()
  const outputs = tf.tidy(() =>
    action(...inputs.map(({ data, shape }) => tf.tensor(data, [...shape]))).map((tensor) => ({
      shape: tensor.shape,
      data: tensor.dataSync<'float32'>(),
    })),
  ) as unknown as Values[]
  expect(counts()).toEqual(before)
  return outputs
}

/** Tensors that tfjs knows of, and pieces of memory that the backend holds. */
export function counts(): { tensors: number; pieces: number } {
  const backend = tf.backend() as unknown as { numDataIds(): number }
  return { tensors: tf.memory().numTensors, pieces: backend.numDataIds() }
}

/** Gradients of `action` with respect to all inputs but the last, which is the gradient of its output. */
export function gradients(action: (...tensors: tf.Tensor[]) => tf.Tensor): (...tensors: tf.Tensor[]) => tf.Tensor[] {
  return (...tensors) => tf.grads(action)(tensors.slice(0, -1), tensors[tensors.length - 1])
}

/** Expects equal shapes and values within `tolerance`. */
export function expectClose(got: readonly Values[], wanted: readonly Values[]): void {
  expect(got.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape))
  for (const [i, { data }] of wanted.entries()) {
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    const worst = data.reduce((most, value, at) => Math.max(most, Math.abs(value - got[i].data[at])), 0)
    expect(worst / largest).toBeLessThan(tolerance)
  }
}

/** Sum of the products of two lists. */
export function dot(a: Values, b: Values): number {
  return a.data.reduce((sum, value, i) => sum + value * b.data[i], 0)
}
