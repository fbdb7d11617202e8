import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { setBackend } from '../../src/train/backend/setBackend.ts'
import { decodeSafetensors, encodeSafetensors } from '../../src/train/safetensors.ts'
import { saveCheckpoint } from '../../src/train/checkpoint.ts'
import { evaluate } from '../../src/train/evaluate.ts'
import { fit } from '../../src/train/fit.ts'
import type { NonFiniteLossError } from '../../src/train/nonFiniteLossError.ts'
import { rmsprop } from '../../src/train/optimizers/rmsprop.ts'
import { tensorBatches } from '../../src/train/tensorBatches.ts'
import { toTfDataset } from '../../src/train/toTfDataset.ts'
import { batches, blankModel, rows, smallModel, weightsOf } from './models.ts'

const fields = { inputs: 'image', targets: 'label' } as const
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faults-'))
  await setBackend('wasm')
})
afterAll(() => rm(folder, { recursive: true }))

/** Pictures of which one has a pixel that is not finite. */
function spoilt(at: number, value: number) {
  return rows(96)
    .map(({ image, label }, { index }) => {
      const pixels = Float32Array.from(image.data)
      if (index === at) pixels[5] = value
      return { image: ndarray(pixels, [8, 8, 1]), label }
    })
    .batch(16)
}

describe('without types', () => {
  const model = () => smallModel()
  it.each([
    ['fit', 'dataset must be a Dataset', () => fit(model(), [1] as never)],
    ['fit', 'dataset must be a Dataset', () => fit(model(), rows(4).batch(2), { validation: [1] as never })],
    ['fit', 'callbacks must be an array', () => fit(model(), rows(4).batch(2), { callbacks: 5 as never })],
    ['fit', 'signal must be an AbortSignal', () => fit(model(), rows(4).batch(2), { signal: 5 as never })],
    ['evaluate', 'dataset must be a Dataset', () => evaluate(model(), null as never)],
    ['tensorBatches', 'dataset must be a Dataset', () => tensorBatches(5 as never)],
    ['toTfDataset', 'dataset must be a Dataset', () => toTfDataset([] as never)],
  ])('%s says that the %s', async (name, message, call) => {
    await expect((async () => call())()).rejects.toThrow(`${name}: ${message}`)
  })
})

describe('a loss that is not finite', () => {
  it('stops the run, and says at which step and elements; nothing is overwritten', async () => {
    const checkpoint = join(folder, 'nan.safetensors')
    const model = smallModel()
    await fit(model, spoilt(-1, 0), { ...fields, steps: 2, checkpoint })
    const [file, weights] = [await readFile(checkpoint), await weightsOf(model)]
    const tensors = tf.memory().numTensors
    const options = { ...fields, checkpoint, checkpointEvery: 1, resume: true }
    // relu and the clipped loss of tfjs hide it; the gradients do not.
    const error: unknown = await fit(model, spoilt(2 * 16 + 7, Infinity), options).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'NonFiniteLossError', step: 3, epoch: 0, elements: [32, 48] })
    expect((error as Error).message).toMatch(
      /^fit: loss or gradients are not finite \(loss \S+\) at step 3 of pass 1, elements 32 to 47 of the pass; row 7 of image holds Infinity\./,
    )
    expect(await readFile(checkpoint)).toEqual(file)
    expect(await weightsOf(model)).toEqual(weights)
    expect(tf.memory().numTensors).toBe(tensors)
    const { state } = error as NonFiniteLossError
    expect(state).toBeDefined()
    const [again] = await spoilt(39, Infinity).toArray(state === undefined ? {} : { state })
    expect(again.image.data[7 * 64 + 5]).toBe(Infinity)
  })

  it('names no element where the data is finite', async () => {
    const model = smallModel()
    tf.tidy(() => model.setWeights(model.getWeights().map((weight) => tf.fill(weight.shape, 3e38))))
    await expect(fit(model, spoilt(-1, 0), fields)).rejects.toThrow(/elements 0 to 15 of the pass\. The data is finite/)
  })

  it('is not hidden in a checkpoint: weights that are not finite are refused', async () => {
    const path = join(folder, 'weights.safetensors')
    await writeFile(path, 'the one before')
    const model = smallModel()
    tf.tidy(() => model.setWeights(model.getWeights().map((weight, i) => (i === 2 ? weight.mul(NaN) : weight))))
    const saving = saveCheckpoint(path, model, { step: 7, epoch: 0, history: null })
    await expect(saving).rejects.toThrow(/^checkpoint: weight \S*kernel holds NaN or Infinity after step 7\./)
    expect(String(await readFile(path))).toBe('the one before')
  })
})

describe('data that does not fit', () => {
  const batch = (label: number[], size = 8) =>
    Dataset.fromTensors({
      image: ndarray(new Float32Array(label.length * size * size), [label.length, size, size, 1]),
      label: ndarray(Int32Array.from(label), [label.length]),
    })

  it.each([
    [batch([0, 3]), 'fit: label 3 in row 1 of a batch does not fit the model, which tells 3 classes apart.'],
    [batch([-1]), 'fit: label -1 in row 0 of a batch does not fit the model'],
    [batch([0], 9), 'fit: the inputs of a batch have shape [1, 9, 9, 1], where the model wants [?, 8, 8, 1].'],
    [batches(10).take(0), 'fit: the dataset gave no batch. Is it empty, or are there fewer elements than a batch'],
  ])('is refused by name', async (dataset, message) => {
    await expect(fit(smallModel(), dataset as ReturnType<typeof batches>, fields)).rejects.toThrow(message)
    await expect(evaluate(smallModel(), dataset as ReturnType<typeof batches>, fields)).rejects.toThrow(
      message.replace('fit: the dataset', 'evaluate: the dataset'),
    )
  })

  it('is refused where there are fewer elements than a batch', async () => {
    const few = rows(10).batch(16, { dropRemainder: true })
    await expect(fit(smallModel(), few, fields)).rejects.toThrow('fewer elements than a batch of dropRemainder wants')
  })

  it('is refused where targets are of another shape, inputs are too many, or nothing was batched', async () => {
    const oneHot = batch([0, 1]).map(({ image }) => ({ xs: image, ys: ndarray(new Float32Array(6), [2, 3]) }))
    await expect(fit(smallModel(), oneHot)).rejects.toThrow(
      'fit: the targets of a batch have shape [2, 3], where the model wants [?]. Is it the right loss',
    )
    const two = { ...fields, inputs: ['image', 'image'] } as const
    await expect(fit(smallModel(), batches(), two)).rejects.toThrow(
      'fit: a batch gives 2 inputs, where the model takes 1.',
    )
    await expect(fit(smallModel(), rows(3) as never, fields)).rejects.toThrow(
      'field label of a batch is 0, not an NdArray',
    )
  })
})

describe('a checkpoint', () => {
  it('gets its folder, and one that cannot be made is told of before the first step', async () => {
    const checkpoint = join(folder, 'new', 'run', 'last.safetensors')
    await fit(smallModel(), batches(), { ...fields, steps: 1, checkpoint })
    expect((await readFile(checkpoint)).length).toBeGreaterThan(0)
    let steps = 0
    const options = { ...fields, checkpoint: join(checkpoint, 'last.safetensors'), onStep: () => steps++ }
    await expect(fit(smallModel(), batches(), options)).rejects.toThrow(
      `cannot create the folder ${checkpoint}: EEXIST`,
    )
    expect(steps).toBe(0)
  })

  it('of another release is refused, and the model is as it was', async () => {
    const path = join(folder, 'format.safetensors')
    await fit(smallModel(), batches(), { ...fields, steps: 1, checkpoint: path })
    const { tensors, metadata } = decodeSafetensors(await readFile(path), path)
    await writeFile(path, encodeSafetensors({ tensors, metadata: { ...metadata, format: 'millrace-checkpoint-1' } }))
    const model = blankModel()
    const before = await weightsOf(model)
    const run = fit(model, batches(), { ...fields, checkpoint: path, resume: true })
    await expect(run).rejects.toThrow(/has format 1, not 2\. It was written by another release of millrace/)
    expect(await weightsOf(model)).toEqual(before)
  })

  it('of another optimizer is refused', async () => {
    const path = join(folder, 'optimizer.safetensors')
    await fit(smallModel(), batches(), { ...fields, steps: 1, checkpoint: path })
    const model = smallModel()
    model.compile({ optimizer: rmsprop(), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] })
    await expect(fit(model, batches(), { ...fields, checkpoint: path, resume: true })).rejects.toThrow(
      /was trained with MillraceAdam, not with MillraceRMSProp\. Compile the model with the same optimizer/,
    )
  })
})

describe('the stall report', () => {
  it('is whole also where the pass was interrupted, and names the slowest operation', async () => {
    const checkpoint = join(folder, 'report.safetensors')
    await fit(smallModel(), batches(), { ...fields, steps: 4, checkpoint })
    const { epochs } = await fit(blankModel(), batches(), { ...fields, checkpoint, resume: true, profile: true })
    expect(epochs).toHaveLength(1)
    expect(epochs[0]).toMatchObject({ epoch: 0, step: 6, steps: 6, examples: 96 })
    expect(epochs[0].waitingShare).toBeGreaterThanOrEqual(0)
    expect(epochs[0].secondsWaiting).toBeLessThanOrEqual(epochs[0].seconds)
    expect(epochs[0].bottleneck).toContain('is the bottleneck')
    const whole = await fit(smallModel(), batches(), fields)
    expect(epochs[0].logs['loss']).toBeCloseTo(whole.epochs[0].logs['loss'], 9)
  })
})
