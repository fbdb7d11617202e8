import { readFile } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { adam } from '../../../src/train/optimizers/adam.ts'
import type { ResumableOptimizer } from '../../../src/train/optimizers/resumableOptimizer.ts'
import { rmsprop } from '../../../src/train/optimizers/rmsprop.ts'
import { sgd } from '../../../src/train/optimizers/sgd.ts'
import { backends } from '../backend/onBackend.ts'

const learningRate = 0.05

/** By the names in golden.json, which golden.py made with Keras. */
const make: Readonly<Record<string, () => ResumableOptimizer>> = {
  adam: () => adam({ learningRate }),
  adamBetas: () => adam({ learningRate, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }),
  sgd: () => sgd({ learningRate }),
  momentum: () => sgd({ learningRate, momentum: 0.9 }),
  nesterov: () => sgd({ learningRate, momentum: 0.9, nesterov: true }),
  rmsprop: () => rmsprop({ learningRate }),
  rmspropMomentum: () => rmsprop({ learningRate, rho: 0.8, momentum: 0.9, epsilon: 1e-3 }),
  rmspropCentered: () => rmsprop({ learningRate, momentum: 0.5, centered: true, epsilon: 1e-3 }),
  accumulated: () => adam({ learningRate, gradientAccumulationSteps: 3 }),
}

const golden = JSON.parse(String(await readFile(new URL('golden.json', import.meta.url)))) as {
  readonly start: readonly number[]
  readonly gradients: readonly (readonly number[])[]
  readonly weights: Readonly<Record<string, readonly (readonly number[])[]>>
}

/** The weight after each of the gradients. */
function steps(optimizer: tf.Optimizer, weight: tf.Variable, gradients: typeof golden.gradients): number[][] {
  return gradients.map((gradient) => {
    tf.tidy(() => optimizer.applyGradients({ [weight.name]: tf.tensor1d([...gradient]) }))
    return Array.from(weight.dataSync())
  })
}

const fresh = () => tf.tidy(() => tf.variable(tf.tensor1d([...golden.start])))

describe.each(backends)('on %s', (backend) => {
  beforeAll(() => setBackend(backend))

  it.each(Object.keys(make))('%s follows that of Keras', (name) => {
    const rows = steps(make[name](), fresh(), golden.gradients)
    golden.weights[name].forEach((row, step) => row.forEach((value, i) => expect(rows[step][i]).toBeCloseTo(value, 5)))
  })

  it.each(Object.keys(make))('%s restored at any step goes on bit for bit, and keeps no tensor', async (name) => {
    const whole = steps(make[name](), fresh(), golden.gradients)
    for (const before of [0, 1, 2, 4, 9]) {
      const tensors = tf.memory().numTensors
      const weight = fresh()
      const [first, second] = [make[name](), make[name]()]
      steps(first, weight, golden.gradients.slice(0, before))
      const saved = (await first.getWeights()).map(({ name: slot, tensor }) => {
        const copy = { name: slot, tensor: tf.tensor(tensor.dataSync().slice(), tensor.shape, tensor.dtype) }
        if (!(tensor instanceof tf.Variable)) tensor.dispose()
        return copy
      })
      await second.setWeights(saved)
      expect(steps(second, weight, golden.gradients.slice(before))).toEqual(whole.slice(before))
      first.dispose()
      second.dispose()
      weight.dispose()
      expect(tf.memory().numTensors).toBe(tensors)
    }
  })
})

describe('optimizers', () => {
  it('of the golden file are all tried', () => {
    expect(Object.keys(make).sort()).toEqual(Object.keys(golden.weights).sort())
  })

  it('refuse the state of another one', async () => {
    await setBackend('cpu')
    const first = sgd()
    const saved = await first.getWeights()
    const other = rmsprop()
    await expect(other.setWeights(saved.slice(1))).rejects.toThrow('optimizer: the saved state has no iter.')
  })

  it.each([
    [() => adam(0.01 as never), 'adam: options must be an object, such as { learningRate: 0.01 }, got 0.01.'],
    [() => sgd(null as never), 'sgd: options must be an object, got null.'],
    [() => rmsprop({ lr: 1 } as never), 'rmsprop: there is no option lr. It takes learningRate, '],
    [() => sgd({ momentum: 1 }), 'sgd: momentum must be from 0 to below 1, got 1.'],
    [() => rmsprop({ rho: -0.1 }), 'rmsprop: rho must be from 0 to below 1, got -0.1.'],
    [
      () => adam({ learningRate: -1 }),
      'adam: learningRate must be a number of at least 0, or a function of the step, got -1.',
    ],
    [
      () => adam({ gradientAccumulationSteps: 0 }),
      'adam: gradientAccumulationSteps must be a whole number of at least 1, got 0.',
    ],
  ])('refuse what makes no sense', (action, message) => {
    expect(action).toThrow(message)
  })
})
