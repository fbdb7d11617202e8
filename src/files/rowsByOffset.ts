import { InvalidArgumentError } from '../core/errors.ts'
import { readFully, type ByteSource } from './byteSource.ts'

/** Where the rows of one file lie, all of the same length. */
export interface RowLayout {
  /** Offset of the first one. */
  readonly start: number
  readonly rowBytes: number
  readonly count: number
}

interface RowFile<L extends RowLayout> {
  readonly source: ByteSource
  readonly layout: L
  /** Rows in the files before this one. */
  readonly before: number
}

/** Rows of files by number, each read from its offset; reads may overlap. */
export class RowsByOffset<L extends RowLayout> {
  readonly length: number
  readonly #files: readonly RowFile<L>[]

  private constructor(files: readonly RowFile<L>[], length: number) {
    this.#files = files
    this.length = length
  }

  /**
   * Opens the files, all of which stay open.
   *
   * @param layoutOf reads where the rows of a file lie; `length` is that of the file in bytes
   * @throws InvalidArgumentError where a file is compressed or no regular file; named errors of the file system
   */
  static async open<L extends RowLayout>(
    operation: string,
    sources: readonly ByteSource[],
    layoutOf: (source: ByteSource, length: number) => L | Promise<L>,
  ): Promise<RowsByOffset<L>> {
    const files: RowFile<L>[] = []
    const opened: ByteSource[] = []
    let before = 0
    try {
      for (const source of sources) {
        const length = await source.open()
        opened.push(source)
        if (length === undefined || source.overlaps !== true) throw notSeekable(operation, source.file)
        const layout = await layoutOf(source, length)
        files.push({ source, layout, before })
        before += layout.count
      }
    } catch (error) {
      await Promise.all(opened.map((source) => source.close()))
      throw error
    }
    return new RowsByOffset(files, before)
  }

  /** The bytes of a row, and the layout and the name of its file. */
  async read(index: number): Promise<{ readonly bytes: Uint8Array; readonly layout: L; readonly file: string }> {
    const { source, layout, before } = this.#fileOf(index)
    const bytes = new Uint8Array(layout.rowBytes)
    const offset = layout.start + (index - before) * layout.rowBytes
    const read = await readFully(source, bytes, offset)
    if (read < bytes.length) throw shrunk(source.file, offset + read)
    return { bytes, layout, file: source.file }
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map(({ source }) => source.close()))
  }

  /** The last file that begins at or before a row. */
  #fileOf(index: number): RowFile<L> {
    let low = 0
    let high = this.#files.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#files[middle].before <= index) low = middle
      else high = middle - 1
    }
    return this.#files[low]
  }
}

function notSeekable(operation: string, file: string): InvalidArgumentError {
  return new InvalidArgumentError(`${operation}: ${file} cannot be read by index.`, {
    file,
    hint: 'Only a regular file that is not compressed can: decompress it, or read it in order.',
  })
}

function shrunk(file: string, byteOffset: number): InvalidArgumentError {
  return new InvalidArgumentError(`${file} ended at byte ${byteOffset}: it became shorter while it was read.`, {
    file,
    byteOffset,
  })
}
