import { checkCount, checkOptions } from '../core/checks.ts'
import { END } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import type { ByteWindow } from '../files/byteWindow.ts'
import type { FilePath } from '../files/filePaths.ts'
import { RowsByOffset, type RowLayout } from '../files/rowsByOffset.ts'
import { MORE, type ElementReader } from './elementReader.ts'
import { fileOptionNames, fileStage, type FileOptions } from './fileStage.ts'

/** Options of `fixedLengthRecords`. */
export interface FixedLengthRecordsOptions extends FileOptions {
  /** Bytes at the start of each file that are passed over; 0 by default. */
  readonly headerBytes?: number
  /** Bytes at the end of each file that are left alone; 0 by default. */
  readonly footerBytes?: number
}

/**
 * The records of files in which all have the same length, one file after the other
 * (`tf.data.FixedLengthRecordDataset`).
 *
 * Out: `Uint8Array`s of `recordBytes` bytes, views on the chunk that was read. Length: unknown. Saved: file, record and
 * byte offset, from which reading goes on without reading again; a compressed file is decompressed up to there.
 *
 * @param files one path or file: URL, or several in the order they are read
 * @example
 * Dataset.fixedLengthRecords(file('# abcd'), 2, { headerBytes: 2 }).map((bytes) => String.fromCharCode(...bytes)) // 'ab', 'cd'
 * @throws InvalidArgumentError where a file without header and footer is no whole number of records: at its first
 *   record, or at the end of a compressed one
 * @throws NotFoundError where a file does not exist, when it is its turn
 */
export function fixedLengthRecords(
  files: FilePath | readonly FilePath[],
  recordBytes: number,
  options: FixedLengthRecordsOptions = {},
): Stage<never, Uint8Array> {
  checkOptions('fixedLengthRecords', options, ['headerBytes', 'footerBytes', ...fileOptionNames])
  checkCount('fixedLengthRecords', 'recordBytes', recordBytes, { min: 1 })
  const headerBytes = checkCount('fixedLengthRecords', 'headerBytes', options.headerBytes ?? 0)
  const footerBytes = checkCount('fixedLengthRecords', 'footerBytes', options.footerBytes ?? 0)
  const sizes = { recordBytes, headerBytes, footerBytes }
  return fileStage(
    'fixedLengthRecords',
    files,
    { unit: 'record', views: true, reader: (window) => new FixedLengthReader(window, sizes) },
    options,
    {
      args: sizes,
      spec: new TensorSpec([], 'bytes'),
      openByIndex: async (sources) => {
        const rows = await RowsByOffset.open('fixedLengthRecords', sources, ({ file }, length) =>
          layoutOf(file, length, sizes),
        )
        return { length: rows.length, at: async (index) => (await rows.read(index)).bytes, close: () => rows.close() }
      },
    },
  )
}

/** Where the records of a file lie. */
function layoutOf(file: string, length: number, sizes: Sizes): RowLayout {
  const { recordBytes, headerBytes, footerBytes } = sizes
  const body = length - headerBytes - footerBytes
  if (body < 0 || body % recordBytes !== 0) throw wrongLength(file, body, sizes)
  return { start: headerBytes, rowBytes: recordBytes, count: body / recordBytes }
}

function wrongLength(
  file: string,
  body: number,
  { recordBytes, headerBytes, footerBytes }: Sizes,
): InvalidArgumentError {
  return new InvalidArgumentError(
    `fixedLengthRecords: ${file} has ${body} bytes without ${headerBytes} of header and ${footerBytes} of footer, ` +
      `which is no whole number of records of ${recordBytes}.`,
    { file },
  )
}

interface Sizes {
  readonly recordBytes: number
  readonly headerBytes: number
  readonly footerBytes: number
}

class FixedLengthReader implements ElementReader<Uint8Array> {
  taken = 0
  readonly #window: ByteWindow
  readonly #sizes: Sizes
  #begun = false
  /** Whether the file has been found to be of a wrong length. */
  spoilt = false

  constructor(window: ByteWindow, sizes: Sizes) {
    this.#window = window
    this.#sizes = sizes
  }

  next(): Uint8Array | typeof END | typeof MORE {
    if (this.spoilt) return END
    if (!this.#begun && !this.begin()) return MORE
    const window = this.#window
    const { recordBytes, headerBytes, footerBytes } = this.#sizes
    const left = window.end - window.at
    if (left >= recordBytes + footerBytes) {
      const { buffer, byteOffset } = window.bytes
      const record = new Uint8Array(buffer, byteOffset + window.at, recordBytes)
      window.at += recordBytes
      this.taken++
      return record
    }
    if (!window.ended) return MORE
    if (left !== footerBytes) throw this.#wrongLength(window.byteOffset + left - headerBytes - footerBytes)
    return END
  }

  skip(count: number): number {
    if (this.spoilt || (!this.#begun && !this.begin())) return 0
    const window = this.#window
    const { recordBytes, footerBytes } = this.#sizes
    const whole = Math.max(0, Math.floor((window.end - window.at - footerBytes) / recordBytes))
    const passed = Math.min(count, whole)
    window.at += passed * recordBytes
    this.taken += passed
    return passed
  }

  /** Checks the length of the file, where it is known, and passes over the header. */
  begin(): boolean {
    const window = this.#window
    const { recordBytes, headerBytes, footerBytes } = this.#sizes
    if (window.length !== undefined) {
      const body = window.length - headerBytes - footerBytes
      if (body < 0 || body % recordBytes !== 0) throw this.#wrongLength(body)
    }
    const left = window.end - window.at
    if (left < headerBytes) {
      if (!window.ended) return false
      throw this.#wrongLength(left - headerBytes - footerBytes)
    }
    window.at += headerBytes
    return (this.#begun = true)
  }

  resume(taken: number): void {
    this.taken = taken
  }

  #wrongLength(body: number): InvalidArgumentError {
    this.spoilt = true
    return wrongLength(this.#window.file, body, this.#sizes)
  }
}
