import { readFile } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs'
import { DataLossError, FailedPreconditionError, fileError } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { writeAtomically } from '../files/writeAtomically.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

/** Where a training run stands, beside its weights. Plain JSON. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  /** Zero-based number of the pass that the next batch belongs to. */
  readonly epoch: number
  /** Where the next batch is; undefined at the start of a pass. */
  readonly iterator?: IteratorState
  /** What was measured so far; the caller decides its form. */
  readonly history: unknown
}

/**
 * Writes a checkpoint: weights, optimizer state and training state in one safetensors file, which appears whole or
 * not at all.
 *
 * @throws ResourceExhaustedError and other named errors of the file system
 */
export async function saveCheckpoint(path: string, model: tf.LayersModel, state: TrainingState): Promise<void> {
  const named = new Map<string, tf.Tensor>()
  model.weights.forEach((weight, i) => named.set(`model/${i}/${partName(weight.originalName)}`, weight.read()))
  const optimizer = await model.optimizer.getWeights()
  optimizer.forEach(({ name, tensor }, i) => named.set(`optimizer/${i}/${name}`, tensor))
  const tensors = new Map<string, NdArray>()
  for (const [name, tensor] of named) {
    if (!tensor.isDisposed) tensors.set(name, await toNdArray(tensor))
  }
  // The count of steps is a tensor made for this call; the others are the optimizer's own.
  optimizer.filter(({ name }) => name === 'iter').forEach(({ tensor }) => tensor.dispose())
  const metadata = { format: 'millrace-checkpoint-1', state: JSON.stringify(state) }
  await writeAtomically(path, encodeSafetensors({ tensors, metadata }))
}

/**
 * Puts weights and optimizer state of a checkpoint into a compiled model of the same architecture.
 *
 * @returns the training state, to go on from
 * @throws NotFoundError where there is no such file
 * @throws DataLossError where the file is damaged
 * @throws FailedPreconditionError where the model has other weights, naming the first that differs
 */
export async function loadCheckpoint(path: string, model: tf.LayersModel): Promise<TrainingState> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path, 'cannot read')
  })
  const { tensors, metadata } = decodeSafetensors(bytes, path)
  if (metadata.format !== 'millrace-checkpoint-1') {
    throw new DataLossError(`checkpoint: ${path} is not a checkpoint of millrace.`, { file: path })
  }
  const group = (prefix: string): [string, NdArray][] =>
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.split('/').slice(2).join('/'), array])
  const weights = group('model/')
  model.weights.forEach(({ originalName, shape }, i) => {
    const wanted = partName(originalName)
    const [name, array] = weights.at(i) ?? ['none', undefined]
    if (array === undefined || name !== wanted || shapeText(array.shape) !== shapeText(shape)) {
      const found = array === undefined ? 'no weight' : `${name} ${shapeText(array.shape)}`
      throw new FailedPreconditionError(
        `checkpoint: ${path} has ${found} where weight ${i} of the model is ${wanted} ${shapeText(shape)}.`,
        { file: path, hint: 'Build the model that the checkpoint was made with, or begin anew.' },
      )
    }
  })
  tf.tidy(() => model.setWeights(weights.map(([, array]) => toTensor(array))))
  const optimizer = group('optimizer/').map(([name, array]) => ({ name, tensor: toTensor(array) }))
  await model.optimizer.setWeights(optimizer)
  return JSON.parse(metadata.state) as TrainingState
}

/** `kernel` of `dense_Dense3/kernel`: layers are numbered anew in each process, and each time a model is built. */
function partName(name: string): string {
  return name.split('/').at(-1) ?? name
}

async function toNdArray(tensor: tf.Tensor): Promise<NdArray> {
  const { dtype } = tensor
  if (dtype !== 'float32' && dtype !== 'int32') {
    throw new FailedPreconditionError(`checkpoint: a weight of dtype ${dtype} cannot be saved.`)
  }
  // A copy: the values may be a view on memory that the next operation writes to.
  return new NdArray(dtype, tensor.shape, (await tensor.data<'float32' | 'int32'>()).slice())
}

function toTensor({ dtype, shape, data }: NdArray): tf.Tensor {
  return tf.tensor(data as Float32Array, [...shape], dtype as 'float32' | 'int32')
}
