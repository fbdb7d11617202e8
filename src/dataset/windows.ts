import type { Scalar } from '../ndarray/element.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Dataset } from './dataset.ts'

/** A window of elements T: their structure with a dataset at each leaf. */
export type Windows<T> = [T] extends [Scalar | NdArray | Dataset<unknown> | null]
  ? Dataset<T>
  : { [K in keyof T]: Windows<T[K]> }
