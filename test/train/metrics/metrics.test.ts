import { describe, expect, it } from 'vitest'
import { ndarray } from '../../../src/ndarray/ndarray.ts'
import { accuracy } from '../../../src/train/metrics/accuracy.ts'
import { confusionMatrix } from '../../../src/train/metrics/confusionMatrix.ts'
import type { Predictions } from '../../../src/train/metrics/metric.ts'
import { rootMeanSquaredError } from '../../../src/train/metrics/rootMeanSquaredError.ts'

/** Three rows of three scores, the largest at 2, 0 and 0 (the first of equals). */
const scores = [0.1, 0.2, 0.7, 0.9, 0.05, 0.05, 0.4, 0.4, 0.2]
const batch = (labels: number[], output = scores): Predictions => ({
  output: Float32Array.from(output),
  shape: [output.length / 3, 3],
  targets: ndarray(Int32Array.from(labels), [labels.length]),
})

describe('accuracy', () => {
  it('counts over batches, and begins anew', () => {
    const metric = accuracy()
    metric.update(batch([2, 1, 0]))
    expect(metric.result()).toBeCloseTo(2 / 3)
    metric.update(batch([0], [1, 0, 0]))
    expect(metric.result()).toBe(0.75)
    metric.reset()
    metric.update(batch([1], [1, 0, 0]))
    expect(metric.result()).toBe(0)
  })

  it('leaves a class out', () => {
    const metric = accuracy({ ignoreClass: 0 })
    metric.update(batch([2, 1, 0]))
    expect(metric.result()).toBe(0.5)
  })
})

describe('confusionMatrix', () => {
  it('has labels as rows and what was told as columns', () => {
    const metric = confusionMatrix(3)
    metric.update(batch([2, 1, 1]))
    metric.update(batch([2], [0, 0, 1]))
    expect(metric.result().shape).toEqual([3, 3])
    expect(Array.from(metric.result().data)).toEqual([0, 0, 0, 2, 0, 0, 0, 0, 2])
  })

  it('names a class that there is not', () => {
    const metric = confusionMatrix(3)
    expect(() => metric.update(batch([2, 7, 1]))).toThrow('confusionMatrix: there is no class 7 among 3.')
    expect(() => confusionMatrix(0)).toThrow('confusionMatrix: classes must be a whole number of at least 1, got 0.')
  })
})

describe('rootMeanSquaredError', () => {
  it('is over all values of all batches', () => {
    const metric = rootMeanSquaredError()
    const pair = (output: number, target: number): Predictions => ({
      output: Float32Array.of(output),
      shape: [1, 1],
      targets: ndarray(Float32Array.of(target), [1]),
    })
    metric.update(pair(1, 4))
    metric.update(pair(2, -2))
    expect(metric.result()).toBeCloseTo(Math.sqrt((9 + 16) / 2))
  })

  it('refuses targets of another number', () => {
    expect(() => rootMeanSquaredError().update(batch([2, 1, 0]))).toThrow(
      'rootMeanSquaredError: outputs [3, 3] and targets [3] do not go together. It is for a target to each value of the ' +
        'output; for classes there are accuracy and confusionMatrix.',
    )
  })
})
