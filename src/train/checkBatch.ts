import type * as tf from '@tensorflow/tfjs'
import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText, type Shape } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { classesOf, isSparse } from './losses/sparseLoss.ts'
import type { Fields } from './supervision.ts'

/**
 * Refuses a batch that does not fit a compiled model: inputs of another shape, targets of another shape, class numbers
 * that the model has no output for (which tfjs would train on as if they were no class at all).
 *
 * @throws InvalidArgumentError naming the shapes, or the label and its row
 */
export function checkBatch(model: tf.LayersModel, { inputs, targets }: Fields): void {
  if (model.outputs.length !== 1) {
    throw new InvalidArgumentError(`fit: the model has ${model.outputs.length} outputs; it can train a model of one.`)
  }
  if (inputs.length !== model.inputs.length) {
    throw new InvalidArgumentError(
      `fit: a batch gives ${inputs.length} inputs, where the model takes ${model.inputs.length}.`,
      { hint: 'Name them all in the option inputs, as in inputs: ["left", "right"].' },
    )
  }
  model.inputs.forEach(({ shape }, i) => {
    if (!fits(inputs[i].shape, shape)) throw misfit('inputs', inputs[i], shape)
  })
  const { loss } = model
  const output = model.outputs[0].shape
  if (isSparse(loss)) {
    const wanted = output.slice(0, -1)
    if (!fits(targets.shape, wanted) && !fits(targets.shape, [...wanted, 1])) throw misfit('targets', targets, wanted)
    checkClasses(targets, classesOf(output), loss)
  } else if (typeof loss === 'string' && !fits(targets.shape, output) && !fits([...targets.shape, 1], output)) {
    throw misfit('targets', targets, output)
  }
}

function checkClasses({ data, shape }: NdArray, classes: number, loss: unknown): void {
  const ignored = (loss as { ignoreClass?: number }).ignoreClass
  const labels = data as ArrayLike<number | bigint>
  for (let i = 0; i < labels.length; i++) {
    const label = Number(labels[i])
    if ((label >= 0 && label < classes && Number.isInteger(label)) || label === ignored) continue
    const row = Math.floor(i / (labels.length / shape[0]))
    throw new InvalidArgumentError(
      `fit: label ${label} in row ${row} of a batch does not fit the model, which tells ${classes} classes apart.`,
      { hint: `Labels must be whole numbers from 0 to ${classes - 1}.` },
    )
  }
}

function misfit(role: 'inputs' | 'targets', { shape }: NdArray, wanted: readonly (number | null)[]): Error {
  return new InvalidArgumentError(
    `fit: the ${role} of a batch have shape ${shapeText(shape)}, where the model wants ${shapeText(wanted)}.`,
    { hint: role === 'targets' ? 'Is it the right loss for these targets?' : 'Were the elements batched?' },
  )
}

function fits(shape: Shape, wanted: readonly (number | null)[]): boolean {
  return shape.length === wanted.length && shape.every((size, axis) => wanted[axis] === null || wanted[axis] === size)
}
