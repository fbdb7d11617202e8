import * as tf from '@tensorflow/tfjs'
import { InvalidArgumentError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { isStructure, joinPath } from '../ndarray/element.ts'
import { describe, isNdArray, type NdArray } from '../ndarray/ndarray.ts'

/** The tensors of a batch: its structure with a tfjs tensor for each NdArray. */
export type TensorsOf<T> = T extends NdArray ? tf.Tensor : { [K in keyof T]: TensorsOf<T[K]> }

/** tfjs holds float32, int32, bool and string; what fits into one of them exactly becomes it. */
const tensorDType: Readonly<Partial<Record<DType, 'float32' | 'int32' | 'bool' | 'string'>>> = {
  float32: 'float32',
  float64: 'float32',
  int8: 'int32',
  int16: 'int32',
  int32: 'int32',
  uint8: 'int32',
  uint16: 'int32',
  bool: 'bool',
  string: 'string',
}

/**
 * Makes the tfjs tensors of a batch: one creation a field, over the batch's own memory where the dtypes agree. tfjs
 * reads the values at the first operation on a tensor, so the batch must stay unchanged until then.
 *
 * The caller owns the tensors and disposes of them, as with `tf.dispose(tensors)`.
 *
 * @param batch NdArrays in objects and tuples; float64 is rounded to float32, narrow integers become int32
 * @throws InvalidArgumentError where a part is no NdArray, or has a dtype that tfjs lacks (int64, uint32, bytes)
 */
export function toTensors<T>(batch: T): TensorsOf<T> {
  return convert(batch, '') as TensorsOf<T>
}

function convert(part: unknown, path: string): unknown {
  if (isNdArray(part)) return toTensor(part, path)
  if (!isStructure(part)) {
    throw new InvalidArgumentError(
      `toTensors: ${path === '' ? 'the batch' : path} is ${describe(part)}, not an NdArray.`,
      {
        hint: 'Batch the elements first.',
      },
    )
  }
  if (Array.isArray(part)) return part.map((child, i) => convert(child, `${path}[${i}]`))
  return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, convert(child, joinPath(path, key))]))
}

function toTensor({ dtype, shape, data }: NdArray, path: string): tf.Tensor {
  const target = tensorDType[dtype]
  if (target === undefined) {
    throw new InvalidArgumentError(
      `toTensors: ${path === '' ? 'the batch' : path} is ${dtype}, which tfjs has no tensor for.`,
      {
        hint: 'Map it to int32, float32, bool or string first.',
      },
    )
  }
  return tf.tensor(valuesFor(dtype, data), [...shape], target)
}

function valuesFor(dtype: DType, data: NdArray['data']): tf.TypedArray | string[] {
  if (dtype === 'float64') return Float32Array.from(data as Float64Array)
  if (dtype === 'int8' || dtype === 'int16' || dtype === 'uint16') return Int32Array.from(data as Int16Array)
  return data as Float32Array | string[]
}
