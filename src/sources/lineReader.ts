import type { END } from '../core/cursor.ts'
import type { ByteWindow } from '../files/byteWindow.ts'
import type { MORE } from './elementReader.ts'
import { type ElementReader } from './elementReader.ts'

const lineFeed = 10

/** Finds lines in a window. They end at \n, or at the end of the file. */
export abstract class LineReader<T> implements ElementReader<T> {
  taken = 0
  readonly spoilt = false
  protected readonly window: ByteWindow
  /** Bytes of the window from `at` on that have no \n in them: a long line is looked through once. */
  protected searched = 0

  constructor(window: ByteWindow) {
    this.window = window
  }

  abstract next(): T | typeof END | typeof MORE

  abstract skip(count: number): number

  begin(): boolean {
    return true
  }

  resume(taken: number): void {
    this.taken = taken
    this.searched = 0
  }

  /** Where the next line ends; -1 where that is not known yet, and -2 where there is none. */
  protected lineEnd(): number {
    const { bytes, at, end, ended } = this.window
    const found = bytes.indexOf(lineFeed, at + this.searched)
    if (found >= 0 && found < end) {
      this.searched = 0
      return found
    }
    if (!ended) {
      this.searched = end - at
      return -1
    }
    return at < end ? end : -2
  }

  /** Takes the line that ends at `end`. */
  protected take(end: number): void {
    const { window } = this
    window.at = Math.min(end + 1, window.end)
    this.taken++
  }
}
