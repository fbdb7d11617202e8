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
 * Dataset.textLines('README.md').take(1) // '# millrace'
 * @throws NotFoundError where a file does not exist, when it is its turn
 * @throws DataLossError where a compressed file is damaged
 */
export function textLines(files: FilePath | readonly FilePath[], options: FileOptions = {}): Stage<never, string> {
  checkOptions('textLines', options, fileOptionNames)
  return fileStage('textLines', files, { unit: 'line', reader: (window) => new TextLineReader(window) }, options, {
    spec: new TensorSpec([], 'string'),
  })
}

const carriageReturn = 13

class TextLineReader extends LineReader<string> {
  /** The first \r at or after the line at hand, Infinity where there is none; found in this filling of the window. */
  #nextReturn = -1
  #fill = -1

  next(): string | typeof END | typeof MORE {
    const end = this.lineEnd()
    if (end < 0) return end === -1 ? MORE : END
    const { window } = this
    const { bytes, at } = window
    const hasReturn = this.#returnAfter(at) < end
    if (hasReturn && this.#isNoLine(end)) return END
    this.take(end)
    if (!hasReturn) return bytes.toString('utf8', at, end)
    // Most often it is the one of \r\n.
    if (this.#nextReturn === end - 1) return bytes.toString('utf8', at, end - 1)
    return bytes.toString('utf8', at, end).replaceAll('\r', '')
  }

  skip(count: number): number {
    let passed = 0
    for (; passed < count; passed++) {
      const end = this.lineEnd()
      if (end < 0 || (end === this.window.end && this.#isNoLine(end))) break
      this.take(end)
    }
    return passed
  }

  /** Whether nothing but \r is left of the file, which TensorFlow does not take for a line. */
  #isNoLine(end: number): boolean {
    const { bytes, at } = this.window
    return end === this.window.end && bytes.subarray(at, end).every((byte) => byte === carriageReturn)
  }

  /** One search a chunk where there is no \r at all. */
  #returnAfter(at: number): number {
    const { bytes, fills } = this.window
    if (this.#fill !== fills || this.#nextReturn < at) {
      const found = bytes.indexOf(carriageReturn, at)
      this.#fill = fills
      this.#nextReturn = found < 0 ? Infinity : found
    }
    return this.#nextReturn
  }
}
