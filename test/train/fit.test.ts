import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { setBackend, type BackendChoice } from '../../src/train/backend/setBackend.ts'
import { evaluate } from '../../src/train/evaluate.ts'
import { fit } from '../../src/train/fit.ts'
import type { FitOptions } from '../../src/train/fitOptions.ts'
import type { StepReport } from '../../src/train/fitReport.ts'
import { backends } from './backend/onBackend.ts'
import { batches, blankModel, rows, smallModel, weightsOf } from './models.ts'

type Batch = ReturnType<typeof batches> extends Dataset<infer T> ? T : never
const fields = { inputs: 'image', targets: 'label' } as const satisfies FitOptions<Batch>
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fit-'))
  await setBackend('wasm')
})
afterAll(() => rm(folder, { recursive: true }))

/** Equal bit for bit, but on tfjs-node, whose threads may add in another order. */
function expectSame(got: number[][], wanted: number[][], backend: BackendChoice): void {
  if (backend !== 'node') {
    expect(got).toEqual(wanted)
    return
  }
  wanted.forEach((weight, i) => weight.forEach((value, at) => expect(got[i][at]).toBeCloseTo(value, 4)))
}

describe.each(backends.filter((backend) => backend !== 'cpu'))('fit on %s', (backend) => {
  beforeAll(() => setBackend(backend))

  it('learns, and reports every step', async () => {
    const reports: StepReport[] = []
    const model = smallModel()
    const result = await fit(model, batches(), {
      ...fields,
      epochs: 4,
      validation: rows(30).batch(30),
      onStep: (report) => reports.push(report),
    })
    expect(result.step).toBe(24)
    expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
    expect(reports.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 24 }, (_, i) => Math.floor(i / 6)))
    expect(result.validation.map(({ step }) => step)).toEqual([6, 12, 18, 24])
    expect(result.validation[3].accuracy).toBeGreaterThan(0.9)
    expect(result.training[23].loss).toBeLessThan(result.training[0].loss / 2)
    expect(result.waitingShare).toBeGreaterThanOrEqual(0)
    expect(result.waitingShare).toBeLessThan(1)
  })

  it('keeps the number of tensors, also where it is ended early', async () => {
    const model = smallModel()
    await fit(model, batches(), fields)
    const before = tf.memory().numTensors
    await fit(model, batches(), { ...fields, epochs: 2, validation: batches(16) })
    await fit(model, batches(), { ...fields, steps: 2 })
    const stop = new AbortController()
    await fit(model, batches(), { ...fields, signal: stop.signal, onStep: () => stop.abort() })
    await expect(
      fit(model, batches(), {
        ...fields,
        onStep: () => {
          throw new Error('stop here')
        },
      }),
    ).rejects.toThrow('stop here')
    expect(tf.memory().numTensors).toBe(before)
  })

  it.each([1, 5, 6, 7, 11])('resumed after %i steps, ends with the same weights', async (steps) => {
    const checkpoint = join(folder, `resume-${backend}-${steps}.safetensors`)
    const whole = smallModel()
    const uninterrupted = await fit(whole, batches(), { ...fields, epochs: 2 })
    await fit(smallModel(), batches(), { ...fields, epochs: 2, steps, checkpoint })
    const second = blankModel()
    const resumed = await fit(second, batches(), { ...fields, epochs: 2, checkpoint, resume: true })
    expectSame(await weightsOf(second), await weightsOf(whole), backend)
    const losses = (points: readonly { loss: number }[]) => [points.map(({ loss }) => loss)]
    expectSame(losses(resumed.training), losses(uninterrupted.training), backend)
    expect(resumed.step).toBe(12)
  })

  it('saves at an interruption, and goes on with the next batch', async () => {
    const checkpoint = join(folder, `interrupted-${backend}.safetensors`)
    const stop = new AbortController()
    const options = { ...fields, epochs: 2, checkpoint }
    const first = await fit(smallModel(), batches(), {
      ...options,
      signal: stop.signal,
      onStep: ({ step }) => {
        if (step === 4) stop.abort()
      },
    })
    expect(first).toMatchObject({ step: 4, interrupted: true })
    const model = blankModel()
    expect(await fit(model, batches(), { ...options, resume: true })).toMatchObject({ step: 12, interrupted: false })
    const whole = smallModel()
    await fit(whole, batches(), { ...fields, epochs: 2 })
    expectSame(await weightsOf(model), await weightsOf(whole), backend)
  })

  it('ends a wait for data when it is aborted', async () => {
    const stop = new AbortController()
    const endless = Dataset.fromGenerator(async function* () {
      yield* await batches(16).toArray()
      stop.abort()
      await new Promise(() => undefined)
    })
    const result = await fit(smallModel(), endless, { ...fields, signal: stop.signal })
    expect(result).toMatchObject({ step: 1, interrupted: true })
  })

  it('takes tuples, and xs with ys, without being told', async () => {
    const xs = ndarray(new Float32Array(128), [2, 8, 8, 1])
    const ys = ndarray(Int32Array.of(0, 1))
    expect((await fit(smallModel(), Dataset.fromGenerator([[xs, ys] as const]))).step).toBe(1)
    expect((await fit(smallModel(), Dataset.fromGenerator([{ xs, ys }]))).step).toBe(1)
  })

  it.each([
    [{ epochs: 0 }, 'fit: epochs must be a whole number of at least 1, or Infinity, got 0.'],
    [{ steps: 1.5 }, 'fit: steps must be a whole number of at least 1, got 1.5.'],
    [{ epoch: 3 }, 'fit: there is no option epoch.'],
    [
      { inputs: 'picture' },
      'fit: a batch has no field picture for the inputs; it has image, label. Name it in the option inputs.',
    ],
    [{ resume: true }, 'fit: resume needs the option checkpoint, the file to go on from.'],
  ])('refuses %j', async (options, message) => {
    await expect(fit(smallModel(), batches(), { ...fields, ...options } as never)).rejects.toThrow(message)
  })

  it('refuses a model that is not compiled', async () => {
    const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [8, 8, 1] })] })
    await expect(fit(model, batches(), fields)).rejects.toThrow(
      'fit: the model is not compiled. Call model.compile first.',
    )
  })
})

describe('a checkpoint', () => {
  const checkpoint = () => join(folder, 'refused.safetensors')

  it('that does not exist is named', async () => {
    const resuming = fit(smallModel(), batches(), { ...fields, checkpoint: join(folder, 'none'), resume: true })
    await expect(resuming).rejects.toMatchObject({ name: 'NotFoundError', file: join(folder, 'none') })
  })

  it('of another model is refused, naming the weight', async () => {
    await fit(smallModel(), batches(), { ...fields, steps: 1, checkpoint: checkpoint() })
    const resuming = fit(smallModel(1, 8), batches(), { ...fields, checkpoint: checkpoint(), resume: true })
    await expect(resuming).rejects.toThrow(/has kernel \[64, 16\] where weight 2 of the model is kernel \[64, 8\]/)
  })

  it('of another pipeline is refused, naming the operation', async () => {
    await fit(smallModel(), batches(), { ...fields, steps: 1, checkpoint: checkpoint() })
    const resuming = fit(smallModel(), batches(96, 8), { ...fields, checkpoint: checkpoint(), resume: true })
    await expect(resuming).rejects.toThrow('operation 3 was batch(batchSize: 16, dropRemainder: false)')
  })

  it('that is damaged is refused', async () => {
    await writeFile(checkpoint(), 'not a checkpoint')
    const resuming = fit(smallModel(), batches(), { ...fields, checkpoint: checkpoint(), resume: true })
    await expect(resuming).rejects.toMatchObject({ name: 'DataLossError', file: checkpoint() })
  })

  it('appears whole or not at all', async () => {
    // A folder that is not empty cannot be replaced by a file.
    const file = join(folder, 'full.safetensors')
    await mkdir(join(file, 'something'), { recursive: true })
    await expect(fit(smallModel(), batches(), { ...fields, steps: 1, checkpoint: file })).rejects.toMatchObject({
      name: expect.stringMatching(/Error$/) as string,
      file,
    })
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([])
  })
})

describe('evaluate', () => {
  it('averages over examples, not over batches', async () => {
    const model = smallModel()
    const uneven = await evaluate(model, rows(10).batch(7), fields)
    const whole = await evaluate(model, rows(10).batch(10), fields)
    expect(uneven.examples).toBe(10)
    expect(uneven.loss).toBeCloseTo(whole.loss, 4)
    expect(uneven.accuracy).toBeCloseTo(whole.accuracy ?? -1, 6)
  })
})
