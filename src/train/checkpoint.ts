import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { DataLossError, FailedPreconditionError, fileError } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { makeFolder } from '../files/makeFolder.ts'
import { writeAtomically } from '../files/writeAtomically.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'

/** Where a training run stands, beside its weights. Plain JSON, but for `tensors`. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  /** Zero-based number of the pass that the next batch belongs to. */
  readonly epoch: number
  /** Where the next batch is; undefined at the start of a pass. */
  readonly iterator?: IteratorState
  /** What was measured so far; the caller decides its form. */
  readonly history: unknown
  /** Arrays kept beside the weights, by names of the caller's. */
  readonly tensors?: ReadonlyMap<string, NdArray>
}

const formatName = 'millrace-checkpoint-'
/** The layout that this release writes and reads. */
const formatNumber = 2

/**
 * Writes a checkpoint: weights, optimizer state and training state in one safetensors file, which appears whole or
 * not at all. Its folder is made where it is missing.
 *
 * @throws FailedPreconditionError where a weight is not finite: an older file, which can be gone on from, is kept
 * @throws ResourceExhaustedError and other named errors of the file system
 */
export async function saveCheckpoint(path: string, model: tf.LayersModel, state: TrainingState): Promise<void> {
  const tensors = new Map<string, NdArray>()
  for (const [i, weight] of model.weights.entries()) {
    const array = await toNdArray(weight.read())
    checkFinite(path, weight.name, array, state.step)
    tensors.set(`model/${i}/${partName(weight.originalName)}`, array)
  }
  const optimizer = await model.optimizer.getWeights()
  for (const [i, { name, tensor }] of optimizer.entries()) {
    if (!tensor.isDisposed) tensors.set(`optimizer/${i}/${name}`, await toNdArray(tensor))
    // Counts are tensors made for this call; the others are the optimizer's own.
    if (tensor.rank === 0 && !(tensor instanceof tf.Variable)) tensor.dispose()
  }
  const { tensors: extra, ...rest } = state
  for (const [name, array] of extra ?? []) tensors.set(`extra/${name}`, array)
  const metadata = {
    format: `${formatName}${formatNumber}`,
    optimizer: optimizerName(model),
    state: JSON.stringify(rest),
  }
  await makeFolder(dirname(path))
  await writeAtomically(path, encodeSafetensors({ tensors, metadata }))
}

/**
 * Puts weights and optimizer state of a checkpoint into a compiled model of the same architecture. Where it throws, the
 * model is as it was.
 *
 * @returns the training state, to go on from
 * @throws NotFoundError where there is no such file
 * @throws DataLossError where the file is damaged
 * @throws FailedPreconditionError where the model has other weights, naming the first that differs, or another
 *   optimizer; and where another release wrote the file in another format
 */
export async function loadCheckpoint(path: string, model: tf.LayersModel): Promise<TrainingState> {
  const { tensors, metadata } = await readCheckpoint(path)
  const weights = group(tensors, 'model/')
  checkWeights(path, model, weights)
  const name = optimizerName(model)
  if (metadata.optimizer !== name) {
    throw new FailedPreconditionError(`checkpoint: ${path} was trained with ${metadata.optimizer}, not with ${name}.`, {
      file: path,
      hint: 'Compile the model with the same optimizer, or begin anew.',
    })
  }
  const optimizer = group(tensors, 'optimizer/').map(([slot, array]) => ({ name: slot, tensor: toTensor(array) }))
  await model.optimizer.setWeights(optimizer)
  tf.tidy(() => model.setWeights(weights.map(([, array]) => toTensor(array))))
  const extra = [...tensors].filter(([key]) => key.startsWith('extra/'))
  return {
    ...(JSON.parse(metadata.state) as TrainingState),
    tensors: new Map(extra.map(([key, array]) => [key.slice('extra/'.length), array])),
  }
}

/**
 * Puts the weights of a checkpoint alone into a model of the same architecture, to use it: no optimizer is needed.
 *
 * @throws as `loadCheckpoint`
 * @example
 * await loadWeights('runs/best.safetensors', model)
 */
export async function loadWeights(path: string, model: tf.LayersModel): Promise<void> {
  const weights = group((await readCheckpoint(path)).tensors, 'model/')
  checkWeights(path, model, weights)
  tf.tidy(() => model.setWeights(weights.map(([, array]) => toTensor(array))))
}

async function readCheckpoint(path: string): Promise<ReturnType<typeof decodeSafetensors>> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path, 'cannot read')
  })
  const file = decodeSafetensors(bytes, path)
  const { format = '' } = file.metadata
  if (!format.startsWith(formatName)) {
    throw new DataLossError(`checkpoint: ${path} is not a checkpoint of millrace.`, { file: path })
  }
  if (format !== `${formatName}${formatNumber}`) {
    const number = format.slice(formatName.length)
    throw new FailedPreconditionError(`checkpoint: ${path} has format ${number}, not ${formatNumber}.`, {
      file: path,
      hint: 'It was written by another release of millrace: go on with that one, or begin anew.',
    })
  }
  return file
}

/** The tensors of `prefix/number/name`, in their order, by name. */
function group(tensors: ReadonlyMap<string, NdArray>, prefix: string): [string, NdArray][] {
  return [...tensors]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, array]) => [name.split('/').slice(2).join('/'), array])
}

function checkWeights(path: string, model: tf.LayersModel, weights: readonly [string, NdArray][]): void {
  const refuse = (found: string, i: number, wanted: string): never => {
    throw new FailedPreconditionError(`checkpoint: ${path} has ${found} where weight ${i} of the model is ${wanted}.`, {
      file: path,
      hint: 'Build the model that the checkpoint was made with, or begin anew.',
    })
  }
  model.weights.forEach(({ originalName, shape }, i) => {
    const wanted = partName(originalName)
    const found = weights.at(i)
    if (found === undefined) refuse('no weight', i, `${wanted} ${shapeText(shape)}`)
    else if (found[0] !== wanted || shapeText(found[1].shape) !== shapeText(shape)) {
      refuse(`${found[0]} ${shapeText(found[1].shape)}`, i, `${wanted} ${shapeText(shape)}`)
    }
  })
  const more = weights.at(model.weights.length)
  if (more !== undefined) refuse(`${more[0]} ${shapeText(more[1].shape)}`, model.weights.length, 'none')
}

function checkFinite(path: string, name: string, { data }: NdArray, step: number): void {
  // A sum is finite only where every value is (or a float64 overflows, which sums of float32 cannot reach).
  let sum = 0
  for (const value of data as Float32Array) sum += value
  if (Number.isFinite(sum)) return
  throw new FailedPreconditionError(`checkpoint: weight ${name} holds NaN or Infinity after step ${step}.`, {
    file: path,
    hint: `${path} was left as it was. Lower the learning rate, or look for values that are not finite in the data.`,
  })
}

function optimizerName(model: tf.LayersModel): string {
  return model.optimizer.getClassName()
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
