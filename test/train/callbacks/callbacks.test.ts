import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import type { Callback } from '../../../src/train/callbacks/callback.ts'
import { earlyStopping } from '../../../src/train/callbacks/earlyStopping.ts'
import { keepBest } from '../../../src/train/callbacks/keepBest.ts'
import { Monitor } from '../../../src/train/callbacks/monitor.ts'
import { loadWeights } from '../../../src/train/checkpoint.ts'
import { fit } from '../../../src/train/fit.ts'
import { accuracy } from '../../../src/train/metrics/accuracy.ts'
import { batches, blankModel, rows, smallModel, weightsOf } from '../models.ts'

const fields = { inputs: 'image', targets: 'label' } as const
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbacks-'))
  await setBackend('wasm')
})
afterAll(() => rm(folder, { recursive: true }))

/** Notes each hook with the step it was told at. */
function recorder(told: string[]): Callback {
  return {
    onTrainBegin: ({ step }) => void told.push(`train begins at ${step}`),
    onEpochBegin: (epoch) => void told.push(`epoch ${epoch} begins`),
    onBatchEnd: ({ step }) => void told.push(`step ${step}`),
    onValidationEnd: ({ step, logs }) => void told.push(`validation at ${step}: ${Object.keys(logs).join(' ')}`),
    onEpochEnd: ({ epoch, steps, logs }) =>
      void told.push(`epoch ${epoch} ends after ${steps}: ${Object.keys(logs).join(' ')}`),
    onTrainEnd: ({ step }) => void told.push(`train ends at ${step}`),
    close: () => void told.push('closed'),
  }
}

/** Shows a stopping callback these values of validation, one after the other, and where it stopped. */
async function stopsAt(callback: Callback, values: readonly number[]): Promise<number | undefined> {
  const stops: number[] = []
  for (const [i, valLoss] of values.entries()) {
    const context = {
      ...{ model: smallModel(), step: i, epoch: i, validates: true },
      stop: () => void stops.push(i),
      requestCheckpoint: () => undefined,
    }
    const report = { step: i, epoch: i, loss: valLoss, logs: { valLoss }, metrics: {} }
    await callback.onValidationEnd?.(report, context)
    if (stops.length > 0) break
  }
  return stops.at(0)
}

describe('callbacks', () => {
  it('are told everything, in order', async () => {
    const told: string[] = []
    await fit(smallModel(), batches(32), {
      ...{ ...fields, epochs: 2, validation: rows(6).batch(6) },
      validationMetrics: { share: accuracy() },
      callbacks: [recorder(told)],
    })
    const measures = 'valLoss valAccuracy valShare'
    expect(told).toEqual([
      ...['train begins at 0', 'epoch 0 begins', 'step 1', 'step 2'],
      ...[`validation at 2: ${measures}`, `epoch 0 ends after 2: loss accuracy ${measures}`],
      ...['epoch 1 begins', 'step 3', 'step 4'],
      ...[`validation at 4: ${measures}`, `epoch 1 ends after 2: loss accuracy ${measures}`],
      ...['train ends at 4', 'closed'],
    ])
  })

  it('are told of validations within a pass, and each second pass', async () => {
    const steps = async (options: object) => {
      const validation = rows(6).batch(6)
      const result = await fit(smallModel(), batches(), { ...fields, epochs: 2, validation, ...options })
      return result.validation.map(({ step }) => step)
    }
    expect(await steps({ validateEvery: 4 })).toEqual([4, 6, 8, 12])
    expect(await steps({ validationFreq: 2 })).toEqual([12])
    expect(await steps({ validateEvery: 3, steps: 9 })).toEqual([3, 6, 9])
  })

  it('may be objects of a class', async () => {
    class Counting implements Callback {
      steps = 0
      closed = 0
      onBatchEnd(): void {
        this.steps++
      }
      close(): void {
        this.closed++
      }
    }
    const counting = new Counting()
    await fit(smallModel(), batches(), { ...fields, steps: 2, callbacks: [counting] })
    expect(counting).toMatchObject({ steps: 2, closed: 1 })
  })

  it('are waited for, and closed where one throws, with no tensor left', async () => {
    const told: string[] = []
    await fit(smallModel(), batches(16), fields)
    const model = smallModel()
    await fit(model, batches(16), fields)
    const before = tf.memory().numTensors
    const throwing: Callback = {
      onBatchEnd: async ({ step }) => {
        await Promise.resolve()
        if (step === 2) throw new Error('no more')
      },
    }
    const run = fit(model, batches(), { ...fields, callbacks: [recorder(told), throwing] })
    await expect(run).rejects.toThrow('no more')
    expect(told.slice(-2)).toEqual(['step 2', 'closed'])
    expect(tf.memory().numTensors).toBe(before)
  })

  it('may end the run', async () => {
    const callback: Callback = {
      onBatchEnd: ({ step }, run) => (step === 3 ? run.stop('three are enough') : undefined),
    }
    const result = await fit(smallModel(), batches(), { ...fields, epochs: 5, callbacks: [callback] })
    expect(result).toMatchObject({ step: 3, stopped: 'three are enough', interrupted: false })
  })
})

describe('Monitor', () => {
  it.each([
    [{}, [3, 2, 2, 1, NaN], [true, true, false, true, false]],
    [{ minDelta: 0.5 }, [3, 2.6, 2.4], [true, false, true]],
    [{ mode: 'max' as const }, [1, 2, 1], [true, true, false]],
  ])('%j finds the best', (options, values, wanted) => {
    const monitor = new Monitor('test', options)
    expect(values.map((valLoss) => monitor.isBest({ valLoss }))).toEqual(wanted)
  })

  it('takes more accuracy for better, and names a measure that there is not', () => {
    const monitor = new Monitor('test', { monitor: 'valAccuracy' })
    expect([0.5, 0.6, 0.4].map((valAccuracy) => monitor.isBest({ valAccuracy }))).toEqual([true, true, false])
    expect(() => monitor.isBest({ valLoss: 1 })).toThrow(
      'test: there is no measure valAccuracy to monitor. There are valLoss.',
    )
  })
})

describe('a measure of validation', () => {
  it.each([
    ['earlyStopping', earlyStopping(), 'valLoss'],
    ['earlyStopping', earlyStopping({ monitor: 'valAcc' }), 'valAcc'],
    ['keepBest', keepBest('best.safetensors'), 'valLoss'],
  ])('is refused by %s before the first step where there is no validation', async (name, callback, monitor) => {
    const told: string[] = []
    const run = fit(smallModel(), batches(), { ...fields, callbacks: [callback, recorder(told)] })
    await expect(run).rejects.toThrow(
      `${name}: ${monitor} is not measured: the run has no validation. Give fit the option validation, or monitor a measure of training`,
    )
    expect(told).toEqual(['closed'])
  })
})

describe('earlyStopping', () => {
  it.each([
    [0, [3, 2, 2.5], 2],
    [1, [3, 2, 2.5], 2],
    [2, [3, 2, 2.5, 1.9, 2, 2], 5],
    [3, [3, 2, 2.5, 2.6], undefined],
  ])('with patience %i sees %j, and stops at %s', async (patience, values, wanted) => {
    expect(await stopsAt(earlyStopping({ patience }), values)).toBe(wanted)
  })

  it('ends with the best weights, also where the run was resumed in between', async () => {
    // Steps so large that a good validation comes before worse ones.
    const options = () => ({
      ...{ ...fields, epochs: 6, validation: rows(30).batch(30) },
      checkpoint: join(folder, 'early.safetensors'),
      callbacks: [earlyStopping({ patience: 9, restoreBest: true }), keepBest(join(folder, 'best.safetensors'))],
    })
    const whole = smallModel()
    const result = await fit(whole, batches(), options())
    const best = Math.min(...result.validation.map(({ loss }) => loss))
    const kept = blankModel()
    await loadWeights(join(folder, 'best.safetensors'), kept)
    expect(await weightsOf(whole)).toEqual(await weightsOf(kept))
    const bestOfWhole = await weightsOf(whole)

    await fit(smallModel(), batches(), { ...options(), steps: 20 })
    const resumed = blankModel()
    const again = await fit(resumed, batches(), { ...options(), resume: true })
    expect(again.validation.at(-1)).toEqual(result.validation.at(-1))
    expect(Math.min(...again.validation.map(({ loss }) => loss))).toBeLessThanOrEqual(best)
    if (again.validation.length === result.validation.length) expect(await weightsOf(resumed)).toEqual(bestOfWhole)
  })

  it('stays stopped when its run is resumed', async () => {
    const checkpoint = join(folder, 'stopped.safetensors')
    const options = () => ({
      ...{ ...fields, epochs: 9, checkpoint, validation: rows(6).batch(6) },
      callbacks: [earlyStopping({ minDelta: 100 })],
    })
    const first = await fit(smallModel(), batches(), options())
    expect(first.step).toBe(12)
    expect(first.stopped).toMatch(/^valLoss was no better than .* for 1 measures$/)
    const second = await fit(blankModel(), batches(), { ...options(), resume: true })
    expect(second).toMatchObject({ step: 12, stopped: first.stopped })
  })
})

describe('keepBest', () => {
  it('does not put a worse checkpoint in place of a better one after a resumption', async () => {
    const best = join(folder, 'of this run', 'kept.safetensors')
    const checkpoint = join(folder, 'last.safetensors')
    const options = () => ({
      ...{ ...fields, checkpoint },
      callbacks: [keepBest(best, { monitor: 'loss', mode: 'max' })],
    })
    await fit(smallModel(), batches(), { ...options(), epochs: 1 })
    const [written, { mtimeMs }] = [await readFile(best), await stat(best)]
    await fit(blankModel(), batches(), { ...options(), epochs: 3, resume: true })
    expect(await readFile(best)).toEqual(written)
    expect((await stat(best)).mtimeMs).toBe(mtimeMs)
  })

  it('refuses a resumption with other callbacks', async () => {
    const checkpoint = join(folder, 'last.safetensors')
    const run = fit(smallModel(), batches(), { ...fields, epochs: 4, checkpoint, resume: true })
    await expect(run).rejects.toThrow('was saved by a run with 1 callbacks, not 0. Resume with the same callbacks')
  })
})
