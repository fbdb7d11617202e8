import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, END, type Cursor, type Pull } from '../core/cursor.ts'
import { DataLossError, messageOf, NotFoundError } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import { decodeElementRecord } from './elementRecord.ts'
import type { ElementsMetadata } from './elementsMetadata.ts'
import type { RecordPosition } from './frameScanner.ts'
import { RecordReader } from './recordReader.ts'

/** Where reading a folder of elements stands. */
interface ElementsState {
  /** The shard whose turn it is. */
  readonly turn: number
  readonly shards: readonly { readonly record: number; readonly byteOffset: number }[]
}

/** Bytes that all shards together read at once. */
const chunkBytes = 1 << 22

/** The elements of a folder, from the shards in turn. */
export class ElementsCursor<T> implements Cursor<T> {
  readonly #metadata: ElementsMetadata
  readonly #readers: readonly RecordReader[]
  readonly #files: readonly string[]
  readonly #hint: string
  readonly #marks: State
  #turn: number
  #checked = false

  /**
   * @param hint what to do where a file is damaged
   * @param marks what its states hold beside the place
   */
  constructor(folder: string, metadata: ElementsMetadata, hint: string, state?: State, marks: State = {}) {
    const { turn = 0, shards } = (state ?? {}) as Partial<ElementsState>
    this.#metadata = metadata
    this.#files = metadata.shards.map(({ file }) => join(folder, file))
    this.#readers = this.#files.map((file, i) => new RecordReader(file, readerOptions(shards?.[i], this.#files.length)))
    this.#hint = hint
    this.#marks = marks
    this.#turn = turn
  }

  next(): Pull<T> {
    if (!this.#checked) return this.#checkSizes().then(() => this.next())
    const shard = this.#nextShard()
    if (shard === -1) return END
    let record
    try {
      record = this.#readers[shard].next()
    } catch (error) {
      throw this.#damaged(error)
    }
    if (!(record instanceof Promise)) return this.#deliver(record, shard)
    return record.then(
      (settled) => this.#deliver(settled, shard),
      (error: unknown) => {
        throw this.#damaged(error)
      },
    )
  }

  skip(count: number): number | Promise<number> {
    if (!this.#checked) return this.#checkSizes().then(() => this.skip(count))
    const passed = this.#readers.map(() => 0)
    let skipped = 0
    for (; skipped < count; skipped++) {
      const shard = this.#nextShard(passed)
      if (shard === -1) break
      passed[shard]++
      this.#turn = (shard + 1) % this.#readers.length
    }
    return after(this.#pass(passed, 0), () => skipped)
  }

  state() {
    const shards = this.#readers.map(({ position: { record, byteOffset } }) => ({ record, byteOffset }))
    return { ...this.#marks, turn: this.#turn, shards }
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()))
  }

  #pass(counts: readonly number[], from: number): void | Promise<void> {
    for (let shard = from; shard < counts.length; shard++) {
      if (counts[shard] === 0) continue
      const skipped = this.#readers[shard].skip(counts[shard])
      if (skipped instanceof Promise) return skipped.then(() => this.#pass(counts, shard + 1))
    }
  }

  /** The next shard in turn that has an element left, beside those that are to be passed over; -1 at the end. */
  #nextShard(passed?: readonly number[]): number {
    const { shards } = this.#metadata
    for (let i = 0; i < shards.length; i++) {
      const shard = (this.#turn + i) % shards.length
      if (this.#readers[shard].position.record + (passed?.[shard] ?? 0) < shards[shard].elements) return shard
    }
    return -1
  }

  #deliver(record: Uint8Array | undefined, shard: number): T {
    this.#turn = (shard + 1) % this.#readers.length
    const file = this.#files[shard]
    if (record === undefined) throw this.#damaged(new DataLossError(`${file} ends early.`, { file }))
    try {
      return decodeElementRecord(record, this.#metadata.compression) as T
    } catch (error) {
      const { record: index, byteOffset } = this.#readers[shard].where()
      throw this.#damaged(
        new DataLossError(`${file}: record ${index}: ${messageOf(error)}`, { file, record: index, byteOffset }),
      )
    }
  }

  /** A file that was cut between two records shows it by its length alone. */
  async #checkSizes(): Promise<void> {
    for (const [i, { bytes }] of this.#metadata.shards.entries()) {
      const file = this.#files[i]
      const found = await stat(file).catch((error: unknown) => {
        throw this.#damaged(new NotFoundError(`${file} is missing: ${messageOf(error)}.`, { file, cause: error }))
      })
      if (found.size !== bytes) {
        throw this.#damaged(new DataLossError(`${file} has ${found.size} bytes, not ${bytes}.`, { file }))
      }
    }
    this.#checked = true
  }

  #damaged(error: unknown): unknown {
    if (!(error instanceof DataLossError || error instanceof NotFoundError)) return error
    const { file, record, byteOffset } = error
    return new DataLossError(error.message, { file, record, byteOffset, hint: this.#hint, cause: error })
  }
}

function readerOptions(start: RecordPosition | undefined, files: number) {
  const bytes = Math.max(1 << 14, Math.min(1 << 20, Math.floor(chunkBytes / files)))
  return { chunkBytes: bytes, ...(start !== undefined && { start: { ...start } }) }
}
