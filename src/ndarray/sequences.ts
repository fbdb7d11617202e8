import { InvalidArgumentError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import type { DataOf } from './dtype.ts'
import { isStructure } from './element.ts'
import { describe, isNdArray } from './ndarray.ts'

/** The values of one feature of an element, in order. */
export interface Sequence {
  readonly dtype: DType
  readonly data: DataOf[DType]
}

/**
 * The sequences of an element, in the order of `names`: of each a 1-D NdArray, or a plain array of whole numbers, which
 * becomes int32.
 *
 * @throws InvalidArgumentError naming what is no sequence, is missing or is too much
 */
export function sequencesOf(element: unknown, names: readonly string[]): Sequence[] {
  if (!isStructure(element) || Array.isArray(element)) {
    throw new InvalidArgumentError(`the element is ${describe(element)}, not an object of sequences.`)
  }
  const features = element as Readonly<Record<string, unknown>>
  if (Object.keys(features).length !== names.length || !names.every((name) => name in features)) {
    throw new InvalidArgumentError(`the element is ${describe(element)}, not one of the features ${names.join(', ')}.`)
  }
  return names.map((name) => sequenceOf(name, features[name]))
}

function sequenceOf(name: string, value: unknown): Sequence {
  if (isNdArray(value) && value.rank === 1) return value
  if (!Array.isArray(value)) {
    throw new InvalidArgumentError(`${name} is ${describe(value)}, not a sequence.`, {
      hint: 'It must be an NdArray of one axis, or an array of whole numbers.',
    })
  }
  const data = Int32Array.from(value as number[])
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== value[i]) {
      throw new InvalidArgumentError(`${name}[${i}] is ${describe(value[i])}, which int32 cannot hold.`, {
        hint: "Say which dtype it has: ndarray(values, undefined, 'float32').",
      })
    }
  }
  return { dtype: 'int32', data }
}
