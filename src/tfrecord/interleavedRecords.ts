import { after, END, type Pull } from '../core/cursor.ts'
import type { ErrorContext } from '../core/errors.ts'
import type { State } from '../core/state.ts'
import type { RecordReader } from '../records/recordReader.ts'
import type { RecordCursor } from './parseBatchCursor.ts'
import type { RecordFiles } from './recordFiles.ts'
import type { RecordParser } from './recordParser.ts'

/** A file that is being read: its place in the list, records delivered, bytes before the next; -1 for none. */
type OpenFile = readonly [file: number, record: number, byteOffset: number]

interface InterleavedState {
  /** The file that is opened next. */
  readonly nextFile: number
  /** Whose turn it is. */
  readonly turn: number
  readonly open: readonly OpenFile[]
}

const noFile: OpenFile = [-1, 0, 0]

/**
 * Several files read at the same time, a record of each in turn; see `numParallelReads` of `tfrecords` for the order,
 * which does not depend on which file's bytes come first. All of them read ahead.
 */
export class InterleavedRecords<T> implements RecordCursor<T> {
  readonly #files: RecordFiles
  readonly #parse: RecordParser<T>
  readonly #readers: (RecordReader | undefined)[]
  /** Which file each reader is on. */
  readonly #places: number[]
  #saved: readonly OpenFile[] | undefined
  #nextFile: number
  #turn: number
  #reader: RecordReader | undefined
  #closed = false
  #where = () => this.#reader?.where() ?? {}

  constructor(files: RecordFiles, parse: RecordParser<T>, count: number, state?: State) {
    const none = Array.from({ length: count }, () => noFile)
    const { nextFile = 0, turn = 0, open = none } = (state ?? {}) as Partial<InterleavedState>
    this.#files = files
    this.#parse = parse
    this.#saved = open
    this.#readers = open.map(() => undefined)
    this.#places = open.map(() => -1)
    this.#nextFile = nextFile
    this.#turn = turn
  }

  next(): Pull<T> {
    if (this.#saved !== undefined) return after(this.#start(this.#saved), () => this.next())
    for (;;) {
      const reader = this.#takeTurn()
      if (reader === undefined) return END
      const record = reader.next()
      if (record instanceof Promise) return record.then((bytes) => this.#waited(reader, bytes))
      if (record !== undefined) return this.#deliver(reader, record)
      this.#drop()
    }
  }

  skip(count: number): number | Promise<number> {
    if (this.#saved !== undefined) return after(this.#start(this.#saved), () => this.skip(count))
    for (let passed = 0; ;) {
      if (passed === count) return passed
      const reader = this.#takeTurn()
      if (reader === undefined) return passed
      const skipped = reader.skip(1)
      if (skipped instanceof Promise) {
        return skipped.then((one) => {
          this.#passed(one)
          return after(this.skip(count - passed - one), (rest) => passed + one + rest)
        })
      }
      this.#passed(skipped)
      passed += skipped
    }
  }

  state() {
    const open = this.#saved ?? this.#readers.map((reader, i) => this.#openFile(reader, i))
    return { nextFile: this.#nextFile, turn: this.#turn, open }
  }

  where(): ErrorContext {
    return this.#where()
  }

  lend(): void {
    this.#files.lend()
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#readers.map(async (reader) => reader?.close()))
    await this.#files.close()
  }

  /** Opens the files of a state, and those that have their first turn in this round, all at once. */
  #start(saved: readonly OpenFile[]): void | Promise<void> {
    return after(this.#files.find(), () => {
      if (this.#closed) return
      this.#saved = undefined
      for (const [i, [file, record, byteOffset]] of saved.entries()) {
        this.#places[i] = file
        if (file >= 0) this.#readers[i] = this.#files.open(file, { record, byteOffset })
      }
      for (let i = this.#turn; i < saved.length; i++) if (this.#readers[i] === undefined) this.#openNext(i)
      for (const reader of this.#readers) reader?.prepare()
    })
  }

  /** The reader whose turn it is, opened if it has none; undefined where all files are read. */
  #takeTurn(): RecordReader | undefined {
    for (let empty = 0; empty < this.#readers.length; empty++) {
      const turn = this.#turn
      if (this.#readers[turn] === undefined) this.#openNext(turn)
      const reader = this.#readers[turn]
      if (reader !== undefined) return reader
      this.#advance()
    }
    return undefined
  }

  #openNext(i: number): void {
    if (this.#closed) return
    const reader = this.#files.open(this.#nextFile)
    if (reader === undefined) return
    this.#readers[i] = reader
    this.#places[i] = this.#nextFile++
  }

  #waited(reader: RecordReader, record: Uint8Array | undefined): Pull<T> {
    if (reader.nearEnd) this.#files.prepare(this.#nextFile)
    if (record !== undefined) return this.#deliver(reader, record)
    this.#drop()
    return this.next()
  }

  #deliver(reader: RecordReader, record: Uint8Array): T {
    this.#advance()
    this.#reader = reader
    return this.#parse(record, this.#where)
  }

  #passed(count: number): void {
    if (count === 0) this.#drop()
    else this.#advance()
  }

  /** The file whose turn it is has ended. It closes itself. */
  #drop(): void {
    this.#readers[this.#turn] = undefined
    this.#places[this.#turn] = -1
    this.#advance()
  }

  #advance(): void {
    this.#turn = this.#turn + 1 === this.#readers.length ? 0 : this.#turn + 1
  }

  #openFile(reader: RecordReader | undefined, i: number): OpenFile {
    if (reader === undefined) return noFile
    const { record, byteOffset } = reader.position
    return [this.#places[i], record, byteOffset]
  }
}
