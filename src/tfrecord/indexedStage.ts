import { basename } from 'node:path'
import { after, END, type Cursor, type Pull } from '../core/cursor.ts'
import { DataLossError } from '../core/errors.ts'
import type { RandomAccess } from '../core/randomAccess.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { IndexedRecords } from '../records/indexedRecords.ts'
import { RecordReader } from '../records/recordReader.ts'
import type { Features } from './features.ts'
import type { ExampleParser } from './parseExample.ts'

/** Records up to which a reader passes over them rather than begin anew. */
const nearby = 1024

/**
 * The records of indexed files as a source: their number is known, each can be read by its index, and a state is no more
 * than that index. The files stay open until whoever opened them closes them.
 */
export function indexedStage(
  records: IndexedRecords,
  parser: ExampleParser<Features> | undefined,
  names: readonly string[] | undefined,
  spec: Spec,
): Stage {
  const { from, length } = records
  return Object.freeze({
    name: 'tfrecords',
    args: {
      files: records.files.map((file) => basename(file)),
      records: [from, from + length],
      ...(names && { features: names }),
    },
    cardinality: () => length,
    spec: () => spec,
    open: (_inputs, _context, state) => new IndexedCursor(records, parser, state),
    randomAccess: () => byIndex(records, parser),
  } satisfies Stage)
}

function byIndex(records: IndexedRecords, parser: ExampleParser<Features> | undefined): RandomAccess<unknown> {
  return {
    length: records.length,
    async at(i) {
      const record = await records.at(i)
      if (parser === undefined) return record
      const { file, ...place } = records.position(i)
      return parser(record, () => ({ file: records.files[file], ...place }))
    },
    close: () => undefined,
  }
}

interface IndexedState {
  readonly position: number
}

class IndexedCursor implements Cursor<unknown> {
  readonly #records: IndexedRecords
  readonly #parser: ExampleParser<Features> | undefined
  #position: number
  #reader: RecordReader | undefined
  /** Records that are left to the reader in its file. */
  #left = 0
  #where = () => this.#reader?.where() ?? {}

  constructor(records: IndexedRecords, parser: ExampleParser<Features> | undefined, state: State | undefined) {
    this.#records = records
    this.#parser = parser
    this.#position = (state as IndexedState | undefined)?.position ?? 0
  }

  next(): Pull<unknown> {
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

  close(): void | Promise<void> {
    this.#position = this.#records.length
    return this.#letGo()
  }

  #deliver(record: Uint8Array | undefined): unknown {
    if (record === undefined) throw this.#shorter()
    return this.#parser === undefined ? record : this.#parser(record, this.#where)
  }

  /** A reader that stands before the next record. */
  #ready(): RecordReader | Promise<RecordReader> {
    if (this.#reader !== undefined && this.#left > 0) return this.#reader
    return after(this.#letGo(), () => {
      const { file, ...start } = this.#records.position(this.#position)
      this.#left = this.#records.run(this.#position)
      return (this.#reader = new RecordReader(this.#records.files[file], { start }))
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
