import type * as tf from '@tensorflow/tfjs'
import { InvalidArgumentError } from '../core/errors.ts'
import { isTyped } from '../ndarray/dtype.ts'
import { isStructure } from '../ndarray/element.ts'
import { describe, isNdArray, NdArray } from '../ndarray/ndarray.ts'
import { toTensors } from './toTensors.ts'

type FieldOf<T> = keyof T & (string | number)

/** Which fields of a batch a model reads, and which it is to predict. */
export interface SupervisionOptions<T> {
  /** Field of the inputs, or a list of them in the order of the model's inputs; by default `xs`, or the first of a tuple. */
  readonly inputs?: FieldOf<T> | readonly FieldOf<T>[]
  /** Field of the targets; by default `ys`, or the second of a tuple. */
  readonly targets?: FieldOf<T>
}

/** The inputs and targets of a batch, before they are tensors. */
export interface Fields {
  readonly inputs: readonly NdArray[]
  readonly targets: NdArray
  /** Rows of the batch. */
  readonly examples: number
}

/** The tensors of one step; the caller disposes of them. */
export interface Supervised {
  readonly xs: readonly tf.Tensor[]
  readonly ys: tf.Tensor
}

/**
 * The inputs and targets of a batch.
 *
 * @throws InvalidArgumentError where the batch lacks a field, naming those it has
 */
export function fieldsOf<T>(batch: T, options: SupervisionOptions<T>): Fields {
  const tuple = Array.isArray(batch)
  const inputs = options.inputs ?? (tuple ? 0 : 'xs')
  const targets = field(batch, 'targets', options.targets ?? (tuple ? 1 : 'ys'))
  const list = (Array.isArray(inputs) ? (inputs as readonly PropertyKey[]) : [inputs as PropertyKey]).map((key) =>
    field(batch, 'inputs', key),
  )
  return { inputs: list, targets, examples: list[0].shape[0] ?? 1 }
}

/** The tensors of those fields. tfjs's losses and metrics take class numbers as float32, and refuse int32. */
export function supervise({ inputs, targets }: Fields): Supervised {
  return toTensors({ xs: [...inputs], ys: asFloats(targets) })
}

function asFloats(targets: NdArray): NdArray {
  if (!isTyped(targets.dtype) || targets.dtype === 'int64') return targets
  const { dtype, shape, data } = targets
  return dtype === 'float32' ? targets : new NdArray('float32', shape, Float32Array.from(data as Int32Array))
}

function field(batch: unknown, role: string, key: PropertyKey): NdArray {
  const value = isStructure(batch) ? (batch as Readonly<Record<PropertyKey, unknown>>)[key] : undefined
  if (value === undefined) {
    const has = isStructure(batch) ? Object.keys(batch).join(', ') : describe(batch)
    throw new InvalidArgumentError(`fit: a batch has no field ${String(key)} for the ${role}; it has ${has}.`, {
      hint: `Name it in the option ${role}.`,
    })
  }
  if (isNdArray(value)) return value
  throw new InvalidArgumentError(`fit: field ${String(key)} of a batch is ${describe(value)}, not an NdArray.`, {
    hint: 'Batch the elements first.',
  })
}
