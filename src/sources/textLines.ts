import { isAscii } from 'node:buffer'
import { checkOptions } from '../core/checks.ts'
import { END } from '../core/cursor.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import type { FilePath } from '../files/filePaths.ts'
import { MORE } from './elementReader.ts'
import { fileOptionNames, fileStage, type FileOptions } from './fileStage.ts'
import { LineReader } from './lineReader.ts'

/**
 * The lines of text files, one file after the other (`tf.data.TextLineDataset`).
 *
 * Out: strings, without the end of the line. As in TensorFlow a line ends at \n, each \r is left out wherever it
 * stands, a last line needs no \n, and a byte order mark is kept. Bytes that are no UTF-8 become U+FFFD (TensorFlow
 * keeps them). Length: unknown. Saved: file, line and byte offset, from which reading goes on without reading again; a
 * compressed file is decompressed up to there.
 *
 * @param files one path or file: URL, or several in the order they are read
 * @example
 * Dataset.textLines('people.csv').take(1) // 'name,age,city'
 * @throws NotFoundError where a file does not exist, when it is its turn
 * @throws DataLossError where a compressed file is damaged
 */
export function textLines(files: FilePath | readonly FilePath[], options: FileOptions = {}): Stage<never, string> {
  checkOptions('textLines', options, fileOptionNames)
  return fileStage('textLines', files, { unit: 'line', reader: (window) => new TextLineReader(window) }, options, {
    spec: new TensorSpec([], 'string'),
  })
}

const lineFeed = 10
const carriageReturn = 13

/**
 * Bytes that are decoded at once, where they are ASCII: a line is a slice of that text then, which costs a third of
 * decoding it alone. Few, since a line that is kept keeps the text that it is a slice of.
 */
const blockBytes = 4096

class TextLineReader extends LineReader<string> {
  /** Decoded lines; those from `#position` on are not delivered, and the first of them begins at the window's `at`. */
  #block = ''
  #position = 0
  /** Whether there is a \r in the block. */
  #hasReturns = false
  /** Offset up to which lines are decoded one by one, for they are not ASCII, or long. */
  #aloneUntil = 0

  next(): string | typeof END | typeof MORE {
    if (this.#position === this.#block.length && !this.#decode()) return this.#nextAlone()
    const start = this.#position
    const end = this.#block.indexOf('\n', start)
    this.#position = end + 1
    this.window.at += end + 1 - start
    this.taken++
    const line = this.#block.slice(start, end)
    return this.#hasReturns ? withoutReturns(line) : line
  }

  skip(count: number): number {
    this.#drop()
    let passed = 0
    for (; passed < count; passed++) {
      const end = this.lineEnd()
      if (end < 0 || this.#isNoLine(end)) break
      this.take(end)
    }
    return passed
  }

  override resume(taken: number): void {
    super.resume(taken)
    this.#drop()
    this.#aloneUntil = 0
  }

  #drop(): void {
    this.#block = ''
    this.#position = 0
  }

  /** Decodes the next block of whole lines; false where lines have to be decoded one by one. */
  #decode(): boolean {
    this.#drop()
    const { bytes, at, end, byteOffset } = this.window
    if (byteOffset < this.#aloneUntil || at === end) return false
    const last = bytes.lastIndexOf(lineFeed, Math.min(at + blockBytes, end) - 1)
    if (last < at) return false
    const block = bytes.subarray(at, last + 1)
    if (!isAscii(block)) {
      this.#aloneUntil = byteOffset + block.length
      return false
    }
    this.#block = block.toString('latin1')
    this.#hasReturns = block.includes(carriageReturn)
    this.searched = 0
    return true
  }

  #nextAlone(): string | typeof END | typeof MORE {
    const end = this.lineEnd()
    if (end < 0) return end === -1 ? MORE : END
    const { bytes, at } = this.window
    if (this.#isNoLine(end)) return END
    this.take(end)
    return withoutReturns(bytes.toString('utf8', at, end))
  }

  /** Whether nothing but \r is left of the file, which TensorFlow does not take for a line. */
  #isNoLine(end: number): boolean {
    const { bytes, at } = this.window
    return end === this.window.end && bytes.subarray(at, end).every((byte) => byte === carriageReturn)
  }
}

function withoutReturns(line: string): string {
  const kept = line.endsWith('\r') ? line.slice(0, -1) : line
  return kept.includes('\r') ? kept.replaceAll('\r', '') : kept
}
