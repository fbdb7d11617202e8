import { basename } from 'node:path'
import { after, END, type Pull } from '../core/cursor.ts'
import { DataLossError, type ErrorContext } from '../core/errors.ts'
import type { RandomAccess } from '../core/randomAccess.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { KeptMemory, ReusedMemory, type ChunkMemory } from '../records/chunkMemory.ts'
import type { IndexedRecords } from '../records/indexedRecords.ts'
import { RecordReader } from '../records/recordReader.ts'
import { batchedParsing } from './batchedParsing.ts'
import type { Features } from './features.ts'
import type { RecordCursor } from './parseBatchCursor.ts'
import { compileParser } from './parseExample.ts'
import { asItIs, type RecordParser } from './recordParser.ts'

/** Records up to which a reader passes over them rather than begin anew. */
const nearby = 1024

/**
 * The records of indexed files as a source: their number is known, each can be read by its index, and a state is no more
 * than that index. The files stay open until whoever opened them closes them.
 */
export function indexedStage(records: IndexedRecords, features: Features | undefined, spec: Spec): Stage {
  const { from, length } = records
  const parse: RecordParser<unknown> = features === undefined ? asItIs : compileParser(features)
  return Object.freeze({
    name: 'tfrecords',
    args: {
      files: records.files.map((file) => basename(file)),
      records: [from, from + length],
      ...(features && { features: Object.keys(features) }),
    },
    cardinality: () => length,
    spec: () => spec,
    open: (_inputs, _context, state) => new IndexedCursor(records, parse, state),
    randomAccess: () => byIndex(records, parse),
    hints: batchedParsing(features, (state) => new IndexedCursor(records, asItIs, state)),
  } satisfies Stage)
}

function byIndex(records: IndexedRecords, parse: RecordParser<unknown>): RandomAccess<unknown> {
  return {
    length: records.length,
    async at(i) {
      const record = await records.at(i)
      return parse(record, () => {
        const { file, ...place } = records.position(i)
        return { file: records.files[file], ...place }
      })
    },
    close: () => undefined,
  }
}

interface IndexedState {
  readonly position: number
}

class IndexedCursor<T> implements RecordCursor<T> {
  readonly #records: IndexedRecords
  readonly #parse: RecordParser<T>
  #memory: ChunkMemory = new KeptMemory()
  #position: number
  #reader: RecordReader | undefined
  /** Records that are left to the reader in its file. */
  #left = 0
  #where = () => this.#reader?.where() ?? {}

  constructor(records: IndexedRecords, parse: RecordParser<T>, state: State | undefined) {
    this.#records = records
    this.#parse = parse
    this.#position = (state as IndexedState | undefined)?.position ?? 0
  }

  next(): Pull<T> {
    if (this.#position >= this.#records.length) return END
    return after(this.#ready(), (reader) => {
      this.#position++
      this.#left--
      return after(reader.next(), (record) => this.#deliver(record))
    })
  }

  skip(count: number): number | Promise<number> {
    const skipped = Math.min(count, this.#records.length - this.#position)
    this.#position += skipped
    if (this.#reader === undefined) return skipped
    if (skipped > Math.min(this.#left, nearby)) return after(this.#letGo(), () => skipped)
    this.#left -= skipped
    return this.#reader.skip(skipped)
  }

  state() {
    return { position: this.#position }
  }

  where(): ErrorContext {
    return this.#where()
  }

  lend(): void {
    this.#memory = new ReusedMemory()
  }

  close(): void | Promise<void> {
    this.#position = this.#records.length
    return this.#letGo()
  }

  #deliver(record: Uint8Array | undefined): T {
    if (record === undefined) throw this.#shorter()
    return this.#parse(record, this.#where)
  }

  /** A reader that stands before the next record. */
  #ready(): RecordReader | Promise<RecordReader> {
    if (this.#reader !== undefined && this.#left > 0) return this.#reader
    return after(this.#letGo(), () => {
      const { file, ...start } = this.#records.position(this.#position)
      this.#left = this.#records.run(this.#position)
      return (this.#reader = new RecordReader(this.#records.files[file], { start }, this.#memory))
    })
  }

  #shorter(): DataLossError {
    const { file, ...place } = this.#records.position(this.#position - 1)
    const name = this.#records.files[file]
    return new DataLossError(`${name} ends before record ${place.record}, which its index has.`, {
      file: name,
      ...place,
      hint: 'The file was changed after its index was read.',
    })
  }

  #letGo(): void | Promise<void> {
    const reader = this.#reader
    this.#reader = undefined
    return reader?.close()
  }
}
