import { batchCount } from '../core/collectCursor.ts'
import { after, END, pump, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import type { ErrorContext } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import { BatchMemory } from '../ndarray/batchMemory.ts'
import { ExampleColumns } from './exampleColumns.ts'
import type { Features, ParsedBatch } from './features.ts'

/** A cursor over records. */
export interface RecordCursor<T = Uint8Array> extends Cursor<T> {
  /** Where the last record came from, for the errors of whoever works on it. */
  where?(): ErrorContext
  /** Before the first `next()`: no record is looked at once the next one was asked for, so its memory may be used again. */
  lend?(): void
}

/** What a cursor over parsed batches is told. */
export interface ParseBatchRequest<F extends Features> {
  readonly batchSize: number
  readonly dropRemainder: boolean
  readonly features: F
  /** The operation that errors name beside the record's place; left out where they are to be those of the source. */
  readonly path?: string
  readonly state: State | undefined
}

/** Records for which memory is taken before the first one was read. */
const firstRecords = 1024

interface ParseBatchState {
  /** Records read: the index of the first one of the next batch. */
  readonly index: number
  readonly upstream: State
}

/** Parses records into the columns of one batch after the other. Its state is that of `batch` over the records. */
export class ParseBatchCursor<F extends Features> implements Cursor<ParsedBatch<F>> {
  readonly #upstream: RecordCursor
  readonly #path: string | undefined
  readonly #batchSize: number
  readonly #dropRemainder: boolean
  readonly #columns: ExampleColumns<F>
  readonly #memory = new BatchMemory()
  readonly #add: (record: Uint8Array) => boolean
  #count = 0
  #index: number

  /** @param open opens the records, from a state of theirs */
  constructor(open: (state?: State) => RecordCursor, request: ParseBatchRequest<F>) {
    const { batchSize, dropRemainder, features, path, state } = request
    const { index = 0, upstream: inner } = (state ?? {}) as Partial<ParseBatchState>
    const upstream = open(inner)
    // Byte strings in the columns are views on the records.
    if (Object.values(features).every(({ dtype }) => dtype !== 'bytes')) upstream.lend?.()
    this.#upstream = upstream
    this.#path = path
    this.#batchSize = batchSize
    this.#dropRemainder = dropRemainder
    this.#columns = new ExampleColumns(features)
    this.#index = index
    const where = (): ErrorContext => ({
      ...upstream.where?.(),
      ...(path !== undefined && { path, index: this.#index }),
    })
    this.#add = (record) => {
      this.#columns.add(record, where)
      this.#index++
      return ++this.#count < batchSize
    }
  }

  next(): Pull<ParsedBatch<F>> {
    this.#columns.begin(Math.min(this.#batchSize, firstRecords), this.#memory)
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
    const where = (row: number): ErrorContext => ({ path: this.#path, index: this.#index - count + row })
    return this.#memory.lend(this.#columns.finish(where))
  }
}
