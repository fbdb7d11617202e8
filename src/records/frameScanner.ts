import { checkCount, wrongArgument } from '../core/checks.ts'
import { DataLossError, type ErrorContext } from '../core/errors.ts'
import { crc32c, maskCrc } from './crc32c.ts'
import { checkGroup } from './frameGroup.ts'
import { footerBytes, headerBytes, longestRecordBytes, readUint32 } from './framing.ts'

/** How frames are checked. */
export interface FrameOptions {
  /** Compare both checksums of every frame; default true. Without, damage is found only where lengths stop fitting. */
  readonly checksums?: boolean | undefined
  /** Longest record to accept, in bytes; default 2^31 - 1. */
  readonly maxRecordBytes?: number | undefined
}

/** A place between two records. */
export interface RecordPosition {
  /** Records before it in the file. */
  readonly record: number
  /** Bytes before it in the file. */
  readonly byteOffset: number
}

/**
 * Finds the frames in a window of a file, and moves over them without copying. The window is given by `open` and must
 * begin where the last one was left (`at`); a frame that is not whole in it waits for a longer window.
 *
 *   file    |--------------- fileBytes ---------------|
 *   window        |-- read --|-- unread: at..end --|
 *   frame                    | header | data | crc |
 */
export class FrameScanner {
  readonly file: string
  /** The record found by the last advance() is `window[dataStart, dataEnd)`. */
  dataStart = 0
  dataEnd = 0
  /** Position in the window of the next frame. */
  at = 0
  end = 0
  window: Uint8Array = new Uint8Array(0)
  /** What the window is a view on: to ask a typed array for it costs as much as to make one. */
  buffer: ArrayBufferLike = this.window.buffer
  /** Bytes of the next frame that the window lacks, after advance() gave false; what is known of it yet. */
  missing = headerBytes
  /** Number of frames passed, from the start of the file. */
  record: number
  #base: number
  #offset = 0
  #fileBytes = Infinity
  readonly #checksums: boolean
  readonly #maxRecordBytes: number
  /** Up to where in the window frames were found right together, and up to where each is checked by itself. */
  #rightTo = 0
  #singlyTo = 0

  constructor(file: string, options: FrameOptions = {}, start: RecordPosition = { record: 0, byteOffset: 0 }) {
    this.file = file
    this.#checksums = options.checksums ?? true
    this.#maxRecordBytes = options.maxRecordBytes ?? longestRecordBytes
    if (checkCount('TFRecord', 'maxRecordBytes', this.#maxRecordBytes) > longestRecordBytes) {
      throw wrongArgument('TFRecord', 'maxRecordBytes', 'at most 2^31 - 1', this.#maxRecordBytes)
    }
    checkCount('TFRecord', 'start.record', start.record)
    checkCount('TFRecord', 'start.byteOffset', start.byteOffset)
    this.record = start.record
    this.#base = start.byteOffset
  }

  /** Where the next frame begins in the file. */
  get byteOffset(): number {
    return this.#base + this.at
  }

  /** Where the frame that advance() last found unfinished ends in the file, -1 where its header is unfinished too. */
  get frameEnd(): number {
    return this.end - this.at < headerBytes ? -1 : this.#base + this.end + this.missing
  }

  /** Says how long the file is, so that a length beyond its end is refused. */
  limit(fileBytes: number): void {
    this.#fileBytes = fileBytes
  }

  /** Goes on in `window[at, end)`, whose first byte follows the last frame passed. */
  open(window: Uint8Array, at = 0, end: number = window.length): void {
    this.#base = this.byteOffset - at
    this.window = window
    this.buffer = window.buffer
    this.#offset = window.byteOffset
    this.at = at
    this.end = end
    this.#rightTo = this.#singlyTo = 0
  }

  /**
   * Passes the next frame; false where it is not whole in the window, and `missing` says what lacks.
   *
   * @throws DataLossError where the header's checksum does not match, or the length cannot be
   */
  advance(): boolean {
    const { window, at, end } = this
    const dataStart = at + headerBytes
    if (dataStart > end) {
      this.missing = dataStart - end
      return false
    }
    const length = readUint32(window, at)
    const high = readUint32(window, at + 4)
    if (this.#checksums && at >= this.#rightTo && !isHeaderRight(window, at)) {
      throw this.#badChecksum('length', at + 8, crc32c(window, at, at + 8))
    }
    const dataEnd = dataStart + length
    const next = dataEnd + footerBytes
    if (high !== 0 || length > this.#maxRecordBytes || this.#base + next > this.#fileBytes) {
      throw this.#badLength(high * 2 ** 32 + length)
    }
    if (next > end) {
      this.missing = next - end
      return false
    }
    this.dataStart = dataStart
    this.dataEnd = dataEnd
    this.at = next
    this.record++
    return true
  }

  /**
   * The data of the frame that the last advance() passed: a view on the window.
   *
   * @throws DataLossError where its checksum does not match; the frame then counts as not passed
   */
  take(): Uint8Array {
    const { dataStart, dataEnd } = this
    const data = new Uint8Array(this.buffer, this.#offset + dataStart, dataEnd - dataStart)
    if (this.#checksums && this.at > this.#rightTo && !this.#isRight(data)) {
      this.record--
      this.at = dataStart - headerBytes
      throw this.#badChecksum('data', dataEnd, crc32c(data))
    }
    return data
  }

  /** Passes the frame that advance() last found unfinished, without its bytes; gives where the next one begins. */
  jump(): number {
    this.#base += this.end + this.missing
    this.window = new Uint8Array(0)
    this.at = this.end = 0
    this.record++
    return this.#base
  }

  /** The length that a header at `at` in the window states; -1 where no believable header is there whole. */
  headerAt(at: number): number {
    const { window, end } = this
    if (at + headerBytes > end || readUint32(window, at + 4) !== 0) return -1
    const length = readUint32(window, at)
    if (length > this.#maxRecordBytes || this.#base + at + length + headerBytes + footerBytes > this.#fileBytes)
      return -1
    return isHeaderRight(window, at) ? length : -1
  }

  /** The place of the record that the last advance() passed, for messages. */
  where(): ErrorContext {
    return { file: this.file, record: this.record - 1, byteOffset: this.#base + this.dataStart - headerBytes }
  }

  /** The error of a file that ends before the next frame does; undefined where it ends between two frames. */
  cutShort(): DataLossError | undefined {
    const found = this.end - this.at
    if (found === 0) return undefined
    const part = found < headerBytes ? 'header' : 'data'
    return this.#loss(
      `ends in the ${part} of this record: ${found} bytes are there and ${this.missing} are missing.`,
      'The file was cut short, perhaps while it was written or copied; all records before this one are whole.',
    )
  }

  /** Whether the data of the frame passed last is right; where those after it are too, that is known from now on. */
  #isRight(data: Uint8Array): boolean {
    const start = this.dataStart - headerBytes
    if (start >= this.#singlyTo) {
      const group = checkGroup(this.window, start, this.end, this.#maxRecordBytes)
      if (group.right) this.#rightTo = group.end
      else this.#singlyTo = group.end
      if (group.end > start && group.right) return true
    }
    return readUint32(this.window, this.dataEnd) === maskCrc(crc32c(data))
  }

  #badChecksum(part: 'length' | 'data', storedAt: number, crc: number): DataLossError {
    const stored = hex(readUint32(this.window, storedAt))
    return this.#loss(
      `the checksum of its ${part} does not match: stored ${stored}, computed ${hex(maskCrc(crc))}.`,
      this.record === 0 && part === 'length'
        ? 'The file is damaged, or is not a TFRecord file, or is compressed.'
        : 'The file is damaged; write or copy it again.',
    )
  }

  #badLength(length: number): DataLossError {
    const left = this.#fileBytes - this.byteOffset - headerBytes - footerBytes
    if (length > left) {
      return this.#loss(
        `its length is ${length} bytes, but the file has ${Math.max(0, left)} left for them.`,
        'The file was cut short or is damaged; all records before this one are whole.',
      )
    }
    return this.#loss(
      `its length is ${length} bytes, more than the ${this.#maxRecordBytes} that are allowed.`,
      'Raise maxRecordBytes (at most 2^31 - 1) if the record really is that long.',
    )
  }

  #loss(what: string, hint: string): DataLossError {
    const { file, record, byteOffset } = this
    return new DataLossError(`${file}: record ${record} at byte ${byteOffset}: ${what}`, {
      file,
      record,
      byteOffset,
      hint,
    })
  }
}

function isHeaderRight(window: Uint8Array, at: number): boolean {
  return readUint32(window, at + 8) === maskCrc(crc32c(window, at, at + 8))
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
