import { checkOptions } from '../core/checks.ts'
import { END } from '../core/cursor.ts'
import { InvalidArgumentError, messageOf } from '../core/errors.ts'
import type { Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import type { FilePath } from '../files/filePaths.ts'
import { MORE } from './elementReader.ts'
import { fileOptionNames, fileStage, type FileOptions } from './fileStage.ts'
import { LineReader } from './lineReader.ts'

/** Options of `jsonLines`. */
export interface JsonLinesOptions extends FileOptions {
  /** Spec of one element, which decides the dtype of plain numbers; unknown by default. */
  readonly outputSignature?: Spec
}

/**
 * The values of JSON Lines files (one JSON value a line, https://jsonlines.org), one file after the other.
 *
 * Out: what `JSON.parse` makes of each line. Lines with nothing but spaces, tabs and \r in them are passed over, and so
 * is a byte order mark. Length: unknown. Saved: file, line and byte offset, from which reading goes on without reading
 * again; a compressed file is decompressed up to there. A line that fails is passed over by the next pull.
 *
 * @param files one path or file: URL, or several in the order they are read
 * @example
 * Dataset.jsonLines(file('{"x": 1}\n\n{"x": 2}\n')) // { x: 1 }, { x: 2 }
 * @throws InvalidArgumentError where a line is not JSON, with file and line
 * @throws NotFoundError where a file does not exist, when it is its turn
 */
export function jsonLines<T>(files: FilePath | readonly FilePath[], options: JsonLinesOptions = {}): Stage<never, T> {
  checkOptions('jsonLines', options, ['outputSignature', ...fileOptionNames])
  return fileStage<T>(
    'jsonLines',
    files,
    { unit: 'line', reader: (window) => new JsonLineReader<T>(window) },
    options,
    { spec: options.outputSignature },
  )
}

const byteOrderMark = '\ufeff'

class JsonLineReader<T> extends LineReader<T> {
  next(): T | typeof END | typeof MORE {
    for (;;) {
      const end = this.lineEnd()
      if (end < 0) return end === -1 ? MORE : END
      const { window } = this
      const { bytes, at, byteOffset } = window
      this.take(end)
      if (!isBlank(bytes, at, end, byteOffset)) return this.#parse(bytes.toString('utf8', at, end), byteOffset)
    }
  }

  skip(count: number): number {
    for (let passed = 0; ;) {
      if (passed === count) return passed
      const end = this.lineEnd()
      if (end < 0) return passed
      const { bytes, at, byteOffset } = this.window
      this.take(end)
      if (!isBlank(bytes, at, end, byteOffset)) passed++
    }
  }

  #parse(text: string, byteOffset: number): T {
    try {
      return JSON.parse(byteOffset === 0 && text.startsWith(byteOrderMark) ? text.slice(1) : text) as T
    } catch (error) {
      const { file } = this.window
      const line = this.taken
      const message = `jsonLines: ${file}: line ${line} is not JSON: ${messageOf(error)}.`
      throw new InvalidArgumentError(message, { file, line, byteOffset, cause: error })
    }
  }
}

/** Whether a line holds nothing but spaces, tabs and \r, behind the byte order mark if it begins the file. */
function isBlank(bytes: Uint8Array, at: number, end: number, byteOffset: number): boolean {
  if (byteOffset === 0 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3
  while (at < end && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at++
  return at >= end
}
