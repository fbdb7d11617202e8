import * as tf from '@tensorflow/tfjs'
import { Dataset, NdArray, UnavailableError, workerFn } from 'millrace'
import { models } from 'millrace-examples/mnist/models.js'
import type { trainingBatches } from 'millrace-examples/mnist/pipeline.js'
import { prepareMnist } from 'millrace-examples/mnist/prepare.js'
import { adam, fit, lstm, setBackend, type BackendChoice } from 'millrace/train'
import type { Case, Side, Work } from '../measure.ts'

const batchSize = 100
const backends = ['wasm', 'node'] as const

/** B6: what a training step of the MNIST CNN costs on each backend. */
export const trainingStep: Case = {
  name: 'B6 training step of the MNIST CNN, batch 100',
  element: 'step',
  async open(quick) {
    const steps = quick ? 2 : 10
    const sides: Side[] = []
    for (const backend of backends) {
      if (!(await loads(backend))) continue
      const model = await compiled(backend)
      const batches = Dataset.fromTensors(constantBatch()).repeat(steps)
      sides.push({ name: backend, run: () => train(backend, model, batches) })
    }
    return { sides }
  },
}

/** B6: what reading, shuffling and batching in a worker adds to training. */
export const trainingData: readonly Case[] = backends.map((backend) => ({
  name: `B6 training from TFRecords in a worker, against one batch in memory (${backend})`,
  element: 'step',
  mostRounds: 3,
  async open(quick) {
    if (!(await loads(backend))) return { sides: [] }
    const steps = quick ? 4 : 50
    const fromMemory = Dataset.fromTensors(constantBatch()).repeat(steps)
    const fromWorker = await workerBatches(steps)
    const model = await compiled(backend)
    return {
      sides: [
        { name: 'from a worker', run: () => train(backend, model, fromWorker) },
        { name: 'from memory', run: () => train(backend, model, fromMemory) },
      ],
    }
  },
}))

/** B6: how much of a pass of training is spent waiting for the pipeline in a worker, its start included. */
export const waitingShare: readonly Case[] = backends.map((backend) => ({
  name: `B6 share of a pass of 600 steps that waits for data (${backend})`,
  element: 'pass',
  unit: 'percent',
  once: true,
  mostRounds: 1,
  async open(quick) {
    if (!(await loads(backend))) return { sides: [] }
    const batches = await workerBatches(quick ? 4 : 600)
    const model = await compiled(backend)
    const run = async (): Promise<Work> => {
      const { waitingShare: share } = await fit(model, batches, { inputs: 'image', targets: 'label' })
      return { elements: 1, amount: 100 * share }
    }
    return { sides: [{ name: 'from a worker', run }] }
  },
}))

async function workerBatches(steps: number): Promise<Batches> {
  const { train: files } = await prepareMnist('data/mnist')
  const pipeline = workerFn<typeof trainingBatches>(
    import.meta.resolve('millrace-examples/mnist/pipeline.js'),
    'trainingBatches',
  )
  return Dataset.fromWorkers(pipeline, { args: [files, batchSize, 1] }).take(steps)
}

/** B6: what a training step of a two-layer LSTM costs, ours beside that of tfjs, on each backend. */
export const lstmStep: Case = {
  name: 'B6 training step of an LSTM, 2 layers of 30, 10 steps, batch 32',
  element: 'step',
  async open(quick) {
    const steps = quick ? 2 : 30
    const sides: Side[] = []
    const xs = new NdArray(
      'float32',
      [32, 10, 1],
      Float32Array.from({ length: 320 }, (_, i) => Math.sin(i)),
    )
    const ys = new NdArray(
      'float32',
      [32],
      Float32Array.from({ length: 32 }, (_, i) => Math.cos(i)),
    )
    const batches = Dataset.fromTensors({ xs, ys }).repeat(steps)
    for (const backend of backends) {
      if (!(await loads(backend))) continue
      for (const [name, make] of [['ours', lstm] as const, ['tfjs', tfjsLstm] as const]) {
        const layers = [make({ units: 30, returnSequences: true, inputShape: [10, 1] }), make({ units: 30 })]
        const model = tf.sequential({ layers: [...layers, tf.layers.dense({ units: 1 })] })
        model.compile({ optimizer: adam(), loss: 'meanSquaredError' })
        const run = async (): Promise<number> => {
          await setBackend(backend)
          return (await fit(model, batches)).step
        }
        sides.push({ name: `${name} (${backend})`, run })
      }
    }
    return { sides }
  },
}

/** With an initializer that tfjs prints no warning for. */
function tfjsLstm(options: { units: number; returnSequences?: boolean; inputShape?: number[] }): tf.layers.Layer {
  return tf.layers.lstm({ ...options, recurrentInitializer: 'glorotNormal' })
}

type Batches = Dataset<{ readonly image: NdArray; readonly label: NdArray }>

async function train(backend: BackendChoice, model: tf.LayersModel, batches: Batches): Promise<number> {
  await setBackend(backend)
  const { step } = await fit(model, batches, { inputs: 'image', targets: 'label' })
  return step
}

async function loads(backend: BackendChoice): Promise<boolean> {
  try {
    await setBackend(backend)
    return true
  } catch (error) {
    if (error instanceof UnavailableError) return false
    throw error
  }
}

async function compiled(backend: BackendChoice): Promise<tf.LayersModel> {
  await setBackend(backend)
  const model = models.cnn(1)
  model.compile({ optimizer: adam(), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] })
  return model
}

function constantBatch(): { image: NdArray<'float32'>; label: NdArray<'int32'> } {
  const image = Float32Array.from({ length: batchSize * 784 }, (_, i) => (i % 256) / 255)
  return {
    image: new NdArray('float32', [batchSize, 28, 28, 1], image),
    label: new NdArray(
      'int32',
      [batchSize],
      Int32Array.from({ length: batchSize }, (_, i) => i % 10),
    ),
  }
}
