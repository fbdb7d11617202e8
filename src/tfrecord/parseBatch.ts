import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { batchCount } from '../core/collectCursor.ts'
import type { Stage } from '../core/stage.ts'
import { checkFeatures, featureSpec, type Features, type ParsedBatch } from './features.ts'
import { ParseBatchCursor } from './parseBatchCursor.ts'

/** Options of `parseBatch`. */
export interface ParseBatchOptions {
  /** Whether a last batch of fewer records is left out; false by default. */
  readonly dropRemainder?: boolean
}

/**
 * A stage that batches records and parses them, in one step, straight into columns: what
 * `batch(batchSize).map((records) => parseExample(records, features))` gives, without a list of records in between. For
 * FixedLenFeatures that is also what parsing each record and then `batch(batchSize)` gives, with the same state:
 * `tfrecords(files, { features }).batch(batchSize)` runs in this way by itself.
 *
 * In: serialized Examples. Out: an object with each feature as one column. Length: the input's divided by `batchSize`,
 * rounded up, or down with `dropRemainder`. Order: kept. Saved: the upstream. Where the upstream's cursor can say where
 * its last record came from (`where()`), an error does.
 *
 * @example
 * const records = Dataset.fromTensorSlices([1, 2, 3]).map((label) => encodeExample({ label }))
 * const batches = records.pipe(parseBatch(2, { label: FixedLenFeature([], 'int32') }))
 * batches // { label: int32 [1, 2] }, { label: int32 [3] }
 * @throws InvalidArgumentError where a record is no Example, or does not have the features
 */
export function parseBatch<F extends Features>(
  batchSize: number,
  features: F,
  options: ParseBatchOptions = {},
): Stage<Uint8Array, ParsedBatch<F>> {
  checkCount('parseBatch', 'batchSize', batchSize, { min: 1 })
  checkFeatures('parseBatch', features)
  checkOptions('parseBatch', options, ['dropRemainder'])
  const dropRemainder = checkBoolean('parseBatch', 'dropRemainder', options.dropRemainder ?? false)
  const spec = featureSpec(features, dropRemainder ? batchSize : null)
  return Object.freeze({
    name: 'parseBatch',
    args: { batchSize, features: Object.keys(features), dropRemainder },
    cardinality: ([length]) => (length === undefined ? undefined : batchCount(length, batchSize, dropRemainder)),
    spec: () => spec,
    open: ([upstream], context, state) =>
      new ParseBatchCursor((inner) => upstream.open(inner), {
        batchSize,
        dropRemainder,
        features,
        path: context.path,
        state,
      }),
  } satisfies Stage<Uint8Array, ParsedBatch<F>>)
}
