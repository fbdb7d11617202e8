import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import type { State } from '../core/state.ts'
import { ByteWindow } from '../files/byteWindow.ts'
import { fileBytes, type FileCompression } from '../files/fileBytes.ts'
import { MORE, type ElementReader, type FileFormat } from './elementReader.ts'

/** How files are read. */
export interface ReadOptions {
  readonly compression: FileCompression
  readonly chunkBytes?: number | undefined
}

/** A file being read. */
interface Open<T> {
  readonly window: ByteWindow
  readonly reader: ElementReader<T>
}

/**
 * The elements of files, one file after the other, at once for as long as a chunk lasts. Its state is a place in a
 * file: `file` in the list, lines or records taken, and `byteOffset` (in the decompressed bytes), to which a restored
 * cursor goes without reading again, where the file is not compressed.
 *
 * A file that cannot be read fails one pull; the next goes on with the file after it.
 */
export class FilesCursor<T> implements Cursor<T> {
  readonly #paths: readonly string[]
  readonly #format: FileFormat<T>
  readonly #options: ReadOptions
  #file: number
  /** Where to begin in the file that is opened next. */
  #start: { readonly taken: number; readonly byteOffset: number }
  #open: Open<T> | undefined
  #closed = false

  constructor(paths: readonly string[], format: FileFormat<T>, options: ReadOptions, state: State | undefined) {
    this.#paths = paths
    this.#format = format
    this.#options = options
    const { file = 0, [format.unit]: taken = 0, byteOffset = 0 } = (state ?? {}) as Readonly<Record<string, number>>
    this.#file = file
    this.#start = { taken, byteOffset }
  }

  next(): Pull<T> {
    if (this.#open === undefined) return this.#file < this.#paths.length ? this.#nextLater() : END
    const element = this.#open.reader.next()
    if (element === MORE) return this.#nextLater('more')
    return isEnd(element) ? this.#nextLater('end') : element
  }

  skip(count: number): number | Promise<number> {
    const passed = this.#open?.reader.skip(count) ?? 0
    return passed === count || this.#file >= this.#paths.length ? passed : this.#skipLater(count, passed)
  }

  state() {
    const { unit } = this.#format
    const open = this.#open
    if (open?.reader.spoilt === true) return { file: this.#file + 1, [unit]: 0, byteOffset: 0 }
    if (open === undefined) {
      return { file: this.#file, [unit]: this.#start.taken, byteOffset: this.#start.byteOffset }
    }
    return { file: this.#file, [unit]: open.reader.taken, byteOffset: open.window.byteOffset }
  }

  close(): void | Promise<void> {
    this.#closed = true
    return this.#open?.window.close()
  }

  async #nextLater(wanted?: 'more' | 'end'): Promise<T | typeof END> {
    for (;;) {
      if (this.#closed) return END
      if (wanted === 'end') await this.#endFile()
      if (this.#file >= this.#paths.length) return END
      const open = this.#open ?? (await this.#openFile())
      if (wanted === 'more') await this.#more(open)
      const element = open.reader.next()
      if (element !== MORE && !isEnd(element)) return element
      wanted = element === MORE ? 'more' : 'end'
    }
  }

  async #skipLater(count: number, passed: number): Promise<number> {
    while (passed < count && this.#file < this.#paths.length && !this.#closed) {
      const open = this.#open ?? (await this.#openFile())
      passed += open.reader.skip(count - passed)
      if (passed === count) break
      if (open.window.ended) await this.#endFile()
      else await this.#more(open)
    }
    return passed
  }

  /** Opens the file at hand; one that fails to open is left behind. */
  async #openFile(): Promise<Open<T>> {
    const { compression, chunkBytes } = this.#options
    const window = new ByteWindow(fileBytes(this.#paths[this.#file], compression), {
      chunkBytes,
      keep: this.#format.views,
    })
    const open = { window, reader: this.#format.reader(window) }
    this.#open = open
    try {
      await window.open()
      const { taken, byteOffset } = this.#start
      if (byteOffset > 0 && !this.#closed) {
        while (!open.reader.begin()) await window.more()
        await window.seek(byteOffset)
        open.reader.resume(taken)
      }
    } catch (error) {
      await this.#endFile()
      throw error
    }
    this.#start = { taken: 0, byteOffset: 0 }
    return open
  }

  async #more({ window }: Open<T>): Promise<void> {
    try {
      await window.more()
    } catch (error) {
      await this.#endFile()
      throw error
    }
  }

  async #endFile(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    this.#start = { taken: 0, byteOffset: 0 }
    this.#file++
    await open?.window.close()
  }
}
