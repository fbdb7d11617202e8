import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { cosineDecay } from '../../../src/train/schedules/cosineDecay.ts'
import { exponentialDecay } from '../../../src/train/schedules/exponentialDecay.ts'
import { piecewiseConstantDecay } from '../../../src/train/schedules/piecewiseConstantDecay.ts'
import { polynomialDecay } from '../../../src/train/schedules/polynomialDecay.ts'
import type { Schedule } from '../../../src/train/schedules/schedule.ts'
import { warmup } from '../../../src/train/schedules/warmup.ts'

const initialLearningRate = 0.1
const decaySteps = 20
const cosine = cosineDecay({ initialLearningRate, decaySteps, alpha: 0.1 })

/** By the names in golden.json, which golden.py made with Keras. */
const schedules: Readonly<Record<string, Schedule>> = {
  exponential: exponentialDecay({ initialLearningRate, decaySteps, decayRate: 0.5 }),
  staircase: exponentialDecay({ initialLearningRate, decaySteps, decayRate: 0.5, staircase: true }),
  cosine,
  warmup: warmup({ steps: 10, initialLearningRate: 0.01, then: cosine }),
  polynomial: polynomialDecay({ initialLearningRate, decaySteps, power: 2 }),
  piecewise: piecewiseConstantDecay({ boundaries: [5, 17], values: [0.3, 0.2, 0.1] }),
}

const golden = JSON.parse(String(await readFile(new URL('../optimizers/golden.json', import.meta.url)))) as {
  readonly schedules: Readonly<Record<string, readonly number[]>>
}

describe('schedules', () => {
  it('are all in the golden file', () => {
    expect(Object.keys(schedules).sort()).toEqual(Object.keys(golden.schedules).sort())
  })

  it.each(Object.keys(schedules))('%s gives the rates of Keras', (name) => {
    golden.schedules[name].forEach((rate, step) => expect(schedules[name](step)).toBeCloseTo(rate, 6))
  })

  it('warm up to one rate', () => {
    const schedule = warmup({ steps: 4, then: 0.2 })
    expect([0, 1, 2, 4, 99].map(schedule)).toEqual([0, 0.05, 0.1, 0.2, 0.2])
  })

  it.each([
    [
      () => cosineDecay({ initialLearningRate: -1, decaySteps: 1 }),
      'cosineDecay: initialLearningRate must be a number of at least 0, got -1.',
    ],
    [
      () => exponentialDecay({ initialLearningRate, decaySteps: 0, decayRate: 1 }),
      'exponentialDecay: decaySteps must be a whole number of at least 1, got 0.',
    ],
    [
      () => piecewiseConstantDecay({ boundaries: [3], values: [1] }),
      'piecewiseConstantDecay: values must be one more than the boundaries, got 1 for 1 boundaries.',
    ],
    [
      () => piecewiseConstantDecay({ boundaries: [3, 3], values: [1, 2, 3] }),
      'piecewiseConstantDecay: boundaries must ascend, got 3 before 3.',
    ],
    [() => warmup({ steps: 1.5, then: 1 }), 'warmup: steps must be a whole number of at least 1, got 1.5.'],
  ])('refuse what makes no sense', (make, message) => {
    expect(make).toThrow(message)
  })
})
