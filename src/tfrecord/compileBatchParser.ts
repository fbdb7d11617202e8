import { InvalidArgumentError, type ErrorContext } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { describe, isNdArray, type NdArray } from '../ndarray/ndarray.ts'
import { ExampleColumns } from './exampleColumns.ts'
import { checkFeatures, type Features, type ParsedBatch } from './features.ts'

/** Parses a batch of records; `where` gives the place of one of them and is called only to make an error. */
export type BatchParser<F extends Features> = (
  records: readonly Uint8Array[] | NdArray<'bytes', 1>,
  where?: (index: number) => ErrorContext,
) => ParsedBatch<F>

/**
 * Makes the parser of batches for these features (`tf.io.parse_example`). Each record is read once, from its bytes
 * straight into the columns, without an object for it; see parseExample for what it gives and throws.
 *
 * @example
 * const parse = compileBatchParser({ label: FixedLenFeature([], 'int32') })
 * parse([encodeExample({ label: 3 }), encodeExample({ label: 4 })]) // { label: int32 [3, 4] }
 */
export function compileBatchParser<F extends Features>(features: F): BatchParser<F> {
  checkFeatures('compileBatchParser', features)
  const columns = new ExampleColumns(features)
  return (records, where) => {
    const list = isNdArray(records) ? records.data : records
    // A caller without types may give any array.
    if (isNdArray(records) && ((records.dtype as DType) !== 'bytes' || records.shape.length !== 1)) {
      throw new InvalidArgumentError(
        `a batch of records is an NdArray of bytes with one axis, got ${describe(records)}.`,
      )
    }
    columns.begin(list.length)
    for (let i = 0; i < list.length; i++) columns.add(list[i], where === undefined ? undefined : () => where(i))
    return columns.finish(where)
  }
}
