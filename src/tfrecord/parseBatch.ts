import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { batchCount } from '../core/collectCursor.ts'
import { after, END, pump, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import type { ErrorContext } from '../core/errors.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { ExampleColumns } from './exampleColumns.ts'
import { checkFeatures, featureSpec, type Features, type ParsedBatch } from './features.ts'

/** Options of `parseBatch`. */
export interface ParseBatchOptions {
  /** Whether a last batch of fewer records is left out; false by default. */
  readonly dropRemainder?: boolean
}

/** Records for which memory is taken before the first one was read. */
const firstRecords = 1024

/**
 * A stage that batches records and parses them, in one step, straight into columns: what
 * `batch(batchSize).map((records) => parseExample(records, features))` gives, without a list of records in between. For
 * FixedLenFeatures that is also what parsing each record and then `batch(batchSize)` gives, with the same state, so an
 * optimizer may put this stage in the place of those two.
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
      new ParseBatchCursor(upstream, batchSize, dropRemainder, new ExampleColumns(features), context, state),
  } satisfies Stage<Uint8Array, ParsedBatch<F>>)
}

interface ParseBatchState {
  /** Records read: the index of the first one of the next batch. */
  readonly index: number
  readonly upstream: State
}

/** A cursor that can say where its last element came from. */
interface Located {
  readonly where?: () => ErrorContext
}

class ParseBatchCursor<F extends Features> implements Cursor<ParsedBatch<F>> {
  readonly #upstream: Cursor<Uint8Array>
  readonly #path: string
  readonly #batchSize: number
  readonly #dropRemainder: boolean
  readonly #columns: ExampleColumns<F>
  readonly #add: (record: Uint8Array) => boolean
  #count = 0
  #index: number

  constructor(
    upstream: Upstream<Uint8Array>,
    batchSize: number,
    dropRemainder: boolean,
    columns: ExampleColumns<F>,
    context: StageContext,
    state: State | undefined,
  ) {
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<ParseBatchState>
    const cursor = upstream.open(inner)
    this.#upstream = cursor
    this.#path = context.path
    this.#batchSize = batchSize
    this.#dropRemainder = dropRemainder
    this.#columns = columns
    this.#index = index
    const located = cursor as Located
    const where = (): ErrorContext => ({ ...located.where?.(), path: context.path, index: this.#index })
    this.#add = (record) => {
      this.#columns.add(record, where)
      this.#index++
      return ++this.#count < batchSize
    }
  }

  next(): Pull<ParsedBatch<F>> {
    this.#columns.begin(Math.min(this.#batchSize, firstRecords))
    this.#count = 0
    let ended
    try {
      ended = pump(this.#upstream, this.#add)
    } catch (error) {
      return this.#fail(error)
    }
    if (!(ended instanceof Promise)) return this.#emit()
    return ended.then(
      () => this.#emit(),
      (error: unknown) => this.#fail(error),
    )
  }

  skip(count: number): number | Promise<number> {
    return after(skipElements(this.#upstream, count * this.#batchSize), (skipped) => {
      this.#index += skipped
      return batchCount(skipped, this.#batchSize, this.#dropRemainder)
    })
  }

  state() {
    return { index: this.#index, upstream: this.#upstream.state() }
  }

  close(): void | Promise<void> {
    this.#columns.begin(0)
    return this.#upstream.close()
  }

  /** The record that failed is counted too. */
  #fail(error: unknown): never {
    this.#index++
    throw error
  }

  #emit(): ParsedBatch<F> | typeof END {
    const count = this.#count
    if (count === 0 || (this.#dropRemainder && count < this.#batchSize)) return END
    return this.#columns.finish((row) => ({ path: this.#path, index: this.#index - count + row }))
  }
}
