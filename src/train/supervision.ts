import type * as tf from '@tensorflow/tfjs'
import { InvalidArgumentError } from '../core/errors.ts'
import { isTyped } from '../ndarray/dtype.ts'
import { isStructure } from '../ndarray/element.ts'
import { describe, isNdArray, NdArray } from '../ndarray/ndarray.ts'
import { toTensors } from './toTensors.ts'

/** Which fields of a batch a model reads, and which it is to predict. */
export interface SupervisionOptions<T> {
  /** Field of the inputs; by default `xs`, or the first of a tuple. */
  readonly inputs?: keyof T & (string | number)
  /** Field of the targets; by default `ys`, or the second of a tuple. */
  readonly targets?: keyof T & (string | number)
}

/** The tensors of one step, and how many examples they hold. */
export interface Supervised {
  readonly xs: tf.Tensor
  readonly ys: tf.Tensor
  readonly examples: number
}

/**
 * The tensors of the inputs and targets of a batch; the caller disposes of them.
 *
 * @throws InvalidArgumentError where the batch lacks a field, naming those it has
 */
export function supervise<T>(batch: T, options: SupervisionOptions<T>): Supervised {
  const tuple = Array.isArray(batch)
  const inputs = options.inputs ?? (tuple ? 0 : 'xs')
  const targets = options.targets ?? (tuple ? 1 : 'ys')
  const { xs, ys } = toTensors({
    xs: field(batch, 'inputs', inputs),
    ys: asFloats(field(batch, 'targets', targets)),
  }) as {
    xs: tf.Tensor
    ys: tf.Tensor
  }
  return { xs, ys, examples: xs.shape[0] ?? 1 }
}

/** tfjs's losses and metrics take class numbers as float32, and refuse int32. */
function asFloats(targets: unknown): unknown {
  if (!isNdArray(targets) || !isTyped(targets.dtype) || targets.dtype === 'int64') return targets
  const { dtype, shape, data } = targets
  return dtype === 'float32' ? targets : new NdArray('float32', shape, Float32Array.from(data as Int32Array))
}

function field(batch: unknown, role: string, key: PropertyKey): unknown {
  const value = isStructure(batch) ? (batch as Readonly<Record<PropertyKey, unknown>>)[key] : undefined
  if (value !== undefined) return value
  const has = isStructure(batch) ? Object.keys(batch).join(', ') : describe(batch)
  throw new InvalidArgumentError(`fit: a batch has no field ${String(key)} for the ${role}; it has ${has}.`, {
    hint: `Name it in the option ${role}.`,
  })
}
