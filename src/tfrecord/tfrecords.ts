import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { after, END, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError, type ErrorContext } from '../core/errors.ts'
import { TensorSpec } from '../core/spec.ts'
import { argText } from '../core/planKey.ts'
import type { Stage } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { Dataset } from '../dataset/dataset.ts'
import { inputsIdentity, isFileInput, shownName, type FileInput } from '../files/fileInput.ts'
import { FrameScanner } from '../records/frameScanner.ts'
import { IndexedRecords } from '../records/indexedRecords.ts'
import { checkReaderOptions } from '../records/checkReaderOptions.ts'
import type { RecordReader } from '../records/recordReader.ts'
import { batchedParsing } from './batchedParsing.ts'
import { featureSpec, type Features, type Parsed } from './features.ts'
import { indexedStage } from './indexedStage.ts'
import { InterleavedRecords } from './interleavedRecords.ts'
import type { RecordCursor } from './parseBatchCursor.ts'
import { compileParser } from './parseExample.ts'
import { RecordFiles, type FilesOptions } from './recordFiles.ts'
import { asItIs, type RecordParser } from './recordParser.ts'

/** Options of `tfrecords`. */
export interface TFRecordsOptions<F extends Features> extends FilesOptions {
  /** What to parse from each record, a tf.train.Example; without it the elements are the records' bytes. */
  readonly features?: F
  /**
   * How many files are read at the same time, one record from each in turn; by default one file after the other. The
   * order is TensorFlow's: a file that ends gives its turn up, and at its next turn the next file of the list begins.
   */
  readonly numParallelReads?: number | undefined
}

/** The files to read: one, several in the order they are read, or indexed ones. */
export type RecordFilesInput = FileInput | readonly FileInput[] | IndexedRecords

/**
 * The records of TFRecord files, one file after the other or several at the same time (`tf.data.TFRecordDataset`),
 * parsed where `features` are given (`tf.io.parse_single_example`).
 *
 * Of `IndexedRecords` the length is known, each element can be read by its index (so `globalShuffle` needs no memory),
 * and the state is that index; they take no option but `features`.
 *
 * Bytes are read in chunks, one ahead for each open file (of long records up to three), and copied once: a record and what
 * is decoded raw from it are views on their chunk. Records that are given back with `release`, those of less than 16 KiB each
 * before the next one is asked for, leave their memory to later ones. Length: unknown. Saved: file, record and byte offset
 * of each open file, from which reading goes on without reading again (a compressed file, and what is no file, is passed
 * over up to there).
 *
 * @param files paths, globs (their files sorted by name), URLs, file handles, streams of bytes (read once), or functions
 *   that open one; compression is detected unless it is named
 * @example
 * tfrecords(['train-00000-of-00002', 'train-00001-of-00002'], {
 *   features: { image: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int32') },
 * })
 * tfrecords('gs/train-*.gz', { numParallelReads: 4, onError: 'skip', onSkip: (span) => console.warn(span.reason) })
 * @throws NotFoundError where a file does not exist, or a glob matches none, at the first element
 * @throws DataLossError where a file is damaged or cut short, with file, record and byte offset
 * @throws InvalidArgumentError where a record is no Example or lacks a feature, with file and record
 */
export function tfrecords(
  files: RecordFilesInput,
  options?: TFRecordsOptions<never> & { readonly features?: undefined },
): Dataset<Uint8Array>
export function tfrecords<const F extends Features>(
  files: RecordFilesInput,
  options: TFRecordsOptions<F> & { readonly features: F },
): Dataset<Parsed<F>>
export function tfrecords(files: RecordFilesInput, options: TFRecordsOptions<Features> = {}): Dataset<unknown> {
  checkTFRecordsOptions(options, files instanceof IndexedRecords ? ['features'] : optionNames)
  const { features, numParallelReads, onError, ...rest } = options
  const parser = features === undefined ? asItIs : compileParser(features)
  const spec = features === undefined ? new TensorSpec([], 'bytes') : featureSpec(features)
  const names = features && Object.keys(features)
  if (files instanceof IndexedRecords) return Dataset.from(indexedStage(files, features, spec))
  const inputs = checkFiles(files)
  const open = <T>(parse: RecordParser<T>, state?: State): RecordCursor<T> => {
    const opened = new RecordFiles(inputs, { compression: 'auto', onError, ...rest })
    return numParallelReads === undefined
      ? new TFRecordsCursor(opened, parse, state)
      : new InterleavedRecords(opened, parse, numParallelReads, state)
  }
  return Dataset.from(
    Object.freeze({
      name: 'tfrecords',
      // Names alone, so that a state can be restored where the files lie in another folder.
      identity: async () => `${argText(features ?? null)} ${await inputsIdentity(inputs)}`,
      args: {
        files: inputs.map(shownName),
        ...(names && { features: names }),
        ...(numParallelReads !== undefined && { numParallelReads }),
        ...(onError === 'skip' && { onError }),
      },
      cardinality: () => undefined,
      spec: () => spec,
      open: (_inputs, _context, state) => open<unknown>(parser, state),
      hints: batchedParsing(features, (state) => open(asItIs, state)),
    } satisfies Stage),
  )
}

const optionNames = [
  'features',
  'checksums',
  'chunkBytes',
  'compression',
  'maxRecordBytes',
  'numParallelReads',
  'onError',
  'maxSkipped',
  'onSkip',
]

function checkTFRecordsOptions(options: TFRecordsOptions<Features>, known: readonly string[]): void {
  checkOptions('tfrecords', options, known)
  checkBoolean('tfrecords', 'checksums', options.checksums ?? true)
  checkReaderOptions('tfrecords', options)
  checkCount('tfrecords', 'numParallelReads', options.numParallelReads ?? 1, { min: 1, max: 1 << 16 })
  // Refuses maxRecordBytes here rather than at the first file.
  new FrameScanner('', options)
}

function checkFiles(files: FileInput | readonly FileInput[]): readonly FileInput[] {
  const inputs: readonly unknown[] = Array.isArray(files) ? files : [files]
  if (inputs.length === 0) {
    throw new InvalidArgumentError('tfrecords: there is no file in the list.', {
      hint: 'Check the pattern it came from.',
    })
  }
  for (const input of inputs) {
    if (!isFileInput(input)) throw wrongArgument('tfrecords', 'files', 'paths, URLs, file handles or streams', input)
  }
  return inputs as readonly FileInput[]
}

interface TFRecordsState {
  /** Zero-based place of the file in the list. */
  readonly file: number
  /** Records of it that were delivered. */
  readonly record: number
  readonly byteOffset: number
}

class TFRecordsCursor<T> implements RecordCursor<T> {
  readonly #files: RecordFiles
  readonly #parse: RecordParser<T>
  /** Where the reader at hand began, and so the state while there is none. */
  #start: TFRecordsState
  #reader: RecordReader | undefined
  #closed = false
  #where = () => this.#reader?.where() ?? {}

  constructor(files: RecordFiles, parse: RecordParser<T>, state: State | undefined) {
    const { file = 0, record = 0, byteOffset = 0 } = (state ?? {}) as Partial<TFRecordsState>
    this.#files = files
    this.#parse = parse
    this.#start = { file, record, byteOffset }
  }

  next(): Pull<T> {
    if (this.#reader === undefined) return after(this.#open(), (open) => (open ? this.next() : END))
    const record = this.#reader.next()
    return record instanceof Promise ? record.then((bytes) => this.#waited(bytes)) : this.#deliver(record)
  }

  skip(count: number): number | Promise<number> {
    if (this.#reader === undefined) return after(this.#open(), (open) => (open ? this.skip(count) : 0))
    return after(this.#reader.skip(count), (skipped) => {
      if (skipped === count) return skipped
      return after(this.#nextFile(), () => after(this.skip(count - skipped), (rest) => skipped + rest))
    })
  }

  state() {
    const { record, byteOffset } = this.#reader?.position ?? this.#start
    return { file: this.#start.file, record, byteOffset }
  }

  where(): ErrorContext {
    return this.#where()
  }

  lend(): void {
    this.#files.lend()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#reader?.close()
    await this.#files.close()
  }

  #waited(record: Uint8Array | undefined): Pull<T> {
    // The last bytes of the file are there: the next one is opened while they are used.
    if (this.#reader?.nearEnd === true) this.#files.prepare(this.#start.file + 1)
    return this.#deliver(record)
  }

  #deliver(record: Uint8Array | undefined): Pull<T> {
    if (record === undefined) return after(this.#nextFile(), () => this.next())
    return this.#parse(record, this.#where)
  }

  #nextFile(): void | Promise<void> {
    const finished = this.#reader
    this.#reader = undefined
    this.#start = { file: this.#start.file + 1, record: 0, byteOffset: 0 }
    return finished?.close()
  }

  /** Opens the file at hand; false beyond the last. */
  #open(): boolean | Promise<boolean> {
    return after(this.#files.find(), () => {
      if (this.#closed) return false
      this.#reader = this.#files.open(this.#start.file, this.#start)
      return this.#reader !== undefined
    })
  }
}
