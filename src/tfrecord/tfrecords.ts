import { basename } from 'node:path'
import { checkBoolean, checkOptions, wrongArgument } from '../core/checks.ts'
import { after, END, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { TensorSpec } from '../core/spec.ts'
import { argText } from '../core/planKey.ts'
import type { Stage } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { Dataset } from '../dataset/dataset.ts'
import { featureSpec, type Features, type Parsed } from './features.ts'
import { filesIdentity } from '../files/filesIdentity.ts'
import { compileParser, type ExampleParser } from './parseExample.ts'
import { RecordReader } from '../records/recordReader.ts'

/** Options of `tfrecords`. */
export interface TFRecordsOptions<F extends Features> {
  /** What to parse from each record, a tf.train.Example; without it the elements are the records' bytes. */
  readonly features?: F
  /** Whether the checksum of each record is verified; true by default. */
  readonly checksums?: boolean
  /** Bytes read from a file at once; 1 MiB by default. */
  readonly chunkBytes?: number
}

/**
 * The records of TFRecord files, one file after the other (`tf.data.TFRecordDataset`), parsed where `features` are
 * given (`tf.io.parse_single_example`).
 *
 * Bytes are read in chunks, one ahead, and copied once: a record and what is decoded raw from it are views on their
 * chunk. Length: unknown. Saved: file, record and byte offset, from which reading goes on without reading again.
 *
 * @param files one path, or several in the order they are read
 * @example
 * tfrecords(['train-00000-of-00002', 'train-00001-of-00002'], {
 *   features: { image: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int32') },
 * })
 * @throws NotFoundError where a file does not exist, at the first element
 * @throws DataLossError where a file is damaged or cut short, with file, record and byte offset
 * @throws InvalidArgumentError where a record is no Example or lacks a feature, with file and record
 */
export function tfrecords(
  files: string | readonly string[],
  options?: TFRecordsOptions<never> & { readonly features?: undefined },
): Dataset<Uint8Array>
export function tfrecords<const F extends Features>(
  files: string | readonly string[],
  options: TFRecordsOptions<F> & { readonly features: F },
): Dataset<Parsed<F>>
export function tfrecords(
  files: string | readonly string[],
  options: TFRecordsOptions<Features> = {},
): Dataset<unknown> {
  checkOptions('tfrecords', options, ['features', 'checksums', 'chunkBytes'])
  checkBoolean('tfrecords', 'checksums', options.checksums ?? true)
  const paths = typeof files === 'string' ? [files] : [...files]
  if (paths.length === 0) {
    throw new InvalidArgumentError('tfrecords: there is no file in the list.', {
      hint: 'Check the pattern it came from.',
    })
  }
  const wrong = paths.find((path: unknown) => typeof path !== 'string' || path === '')
  if (wrong !== undefined) throw wrongArgument('tfrecords', 'files', 'paths', wrong)
  const { features } = options
  const parser = features === undefined ? undefined : compileParser(features)
  const spec = features === undefined ? new TensorSpec([], 'bytes') : featureSpec(features)
  return Dataset.from(
    Object.freeze({
      name: 'tfrecords',
      // Names alone, so that a state can be restored where the files lie in another folder.
      args: { files: paths.map((path) => basename(path)), ...(features && { features: Object.keys(features) }) },
      identity: async () => `${argText(features ?? null)} ${await filesIdentity(paths)}`,
      cardinality: () => undefined,
      spec: () => spec,
      open: (_inputs, _context, state) => new TFRecordsCursor(paths, parser, options, state),
    } satisfies Stage),
  )
}

interface TFRecordsState {
  /** Zero-based place of the file in the list. */
  readonly file: number
  /** Records of it that were delivered. */
  readonly record: number
  readonly byteOffset: number
}

class TFRecordsCursor implements Cursor<unknown> {
  readonly #paths: readonly string[]
  readonly #parser: ExampleParser<Features> | undefined
  readonly #options: TFRecordsOptions<Features>
  #file: number
  #reader: RecordReader | undefined
  #where = () => this.#reader?.where() ?? {}

  constructor(
    paths: readonly string[],
    parser: ExampleParser<Features> | undefined,
    options: TFRecordsOptions<Features>,
    state: State | undefined,
  ) {
    const { file = 0, record = 0, byteOffset = 0 } = (state ?? {}) as Partial<TFRecordsState>
    this.#paths = paths
    this.#parser = parser
    this.#options = options
    this.#file = file
    this.#open({ record, byteOffset })
  }

  next(): Pull<unknown> {
    if (this.#reader === undefined) return END
    const record = this.#reader.next()
    return record instanceof Promise ? record.then((bytes) => this.#deliver(bytes)) : this.#deliver(record)
  }

  skip(count: number): number | Promise<number> {
    if (this.#reader === undefined) return 0
    return after(this.#reader.skip(count), (skipped) => {
      if (skipped === count) return skipped
      return after(this.#nextFile(), () => after(this.skip(count - skipped), (rest) => skipped + rest))
    })
  }

  state() {
    const { record, byteOffset } = this.#reader?.position ?? { record: 0, byteOffset: 0 }
    return { file: this.#file, record, byteOffset }
  }

  close(): void | Promise<void> {
    this.#file = this.#paths.length
    return this.#reader?.close()
  }

  #deliver(record: Uint8Array | undefined): Pull<unknown> {
    if (record === undefined) return after(this.#nextFile(), () => this.next())
    return this.#parser === undefined ? record : this.#parser(record, this.#where)
  }

  #nextFile(): void | Promise<void> {
    const finished = this.#reader
    this.#reader = undefined
    return after(finished?.close(), () => {
      this.#file++
      this.#open({ record: 0, byteOffset: 0 })
    })
  }

  #open(start: { readonly record: number; readonly byteOffset: number }): void {
    if (this.#file >= this.#paths.length) return
    const { checksums, chunkBytes } = this.#options
    this.#reader = new RecordReader(this.#paths[this.#file], { start, chunkBytes, checksums })
  }
}
