import { checkOptions } from '../core/checks.ts'
import { END } from '../core/cursor.ts'
import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import type { RandomAccess } from '../core/randomAccess.ts'
import type { Stage } from '../core/stage.ts'
import { readFully, type ByteSource } from '../files/byteSource.ts'
import type { ByteWindow } from '../files/byteWindow.ts'
import type { FilePath } from '../files/filePaths.ts'
import { RowsByOffset, type RowLayout } from '../files/rowsByOffset.ts'
import { scalarAt, sizeOf } from '../ndarray/ndarray.ts'
import { npyValues } from '../ndarray/npy.ts'
import { npyLength, readNpyHeader, type NpyHeader } from '../ndarray/npyHeader.ts'
import { MORE, type ElementReader } from './elementReader.ts'
import { fileOptionNames, fileStage, type FileOptions } from './fileStage.ts'

/**
 * The rows of npy files, numpy's format for one array, along axis 0; one file after the other.
 *
 * Rows are read from the file as they are asked for, so the array may be larger than memory. Out: an NdArray a row, or a
 * plain scalar where the array has one axis; big-endian values are swapped, `U` strings become strings, `S` strings
 * bytes. Length: unknown. Saved: file, row and byte offset, from which reading goes on without reading again; a
 * compressed file is decompressed up to there.
 *
 * @param files one path or file: URL, or several in the order they are read
 * @example
 * Dataset.npy(file(encodeNpy(ndarray([[1, 2], [3, 4]])))) // int32 [1, 2], int32 [3, 4]
 * @throws InvalidArgumentError where it is no npy file, holds what no NdArray does, has no axis, or more than one in
 *   Fortran order
 * @throws DataLossError where it is cut short, or longer than its header says
 * @throws NotFoundError where a file does not exist, when it is its turn
 */
export function npy<T>(files: FilePath | readonly FilePath[], options: FileOptions = {}): Stage<never, T> {
  checkOptions('npy', options, fileOptionNames)
  return fileStage<T>(
    'npy',
    files,
    { unit: 'record', reader: (window) => new NpyReader(window) as NpyReader & ElementReader<T> },
    options,
    { openByIndex: (sources) => openRows<T>(sources) },
  )
}

/** A header, and where the rows of its file lie. */
interface NpyLayout extends RowLayout {
  readonly header: NpyHeader
  readonly rowShape: readonly number[]
}

/** @throws InvalidArgumentError where the array has no rows, or its rows lie in pieces */
function layoutOf(header: NpyHeader, file: string): NpyLayout {
  const { shape, fortranOrder, valueBytes, start } = header
  if (shape.length === 0) throw new InvalidArgumentError(`npy: ${file} is a scalar, which has no rows.`, { file })
  if (fortranOrder && shape.length > 1) {
    throw new InvalidArgumentError(`npy: ${file} is in Fortran order, in which rows are in pieces.`, {
      file,
      hint: 'Save it with numpy.ascontiguousarray(array), or use parseNpy and fromTensorSlices.',
    })
  }
  const rowShape = Object.freeze(shape.slice(1))
  return { header, rowShape, start, rowBytes: sizeOf(rowShape) * valueBytes, count: shape[0] }
}

async function openRows<T>(sources: readonly ByteSource[]): Promise<RandomAccess<T>> {
  const rows = await RowsByOffset.open('npy', sources, async (source, length) => {
    const layout = layoutOf(await readHeader(source, length), source.file)
    const wanted = layout.start + layout.count * layout.rowBytes
    if (length !== wanted) throw npyLength(source.file, length, wanted)
    return layout
  })
  const at = async (index: number): Promise<T> => {
    const { bytes, layout, file } = await rows.read(index)
    return rowOf(layout, bytes, file) as T
  }
  return { length: rows.length, at, close: () => rows.close() }
}

/** Bytes in which nearly every header ends. */
const headerBytes = 1 << 10

async function readHeader(source: ByteSource, length: number): Promise<NpyHeader> {
  const { file } = source
  for (let size = Math.min(headerBytes, length); ; size = Math.min(2 * size, length)) {
    const bytes = new Uint8Array(size)
    await readFully(source, bytes)
    const header = readNpyHeader(bytes, file)
    if (header !== undefined) return header
    if (size === length) throw endsInHeader(file, length)
  }
}

function rowOf({ header, rowShape }: NpyLayout, bytes: Uint8Array, file: string): unknown {
  const row = npyValues(header, rowShape, bytes, file)
  return row.shape.length === 0 ? scalarAt(row, 0) : row
}

function endsInHeader(file: string, byteOffset: number): DataLossError {
  return new DataLossError(`npy: ${file} ends within its header.`, { file, byteOffset })
}

class NpyReader implements ElementReader<unknown> {
  taken = 0
  readonly #window: ByteWindow
  #layout: NpyLayout | undefined
  /** Whether the file was found to be wrong. */
  spoilt = false

  constructor(window: ByteWindow) {
    this.#window = window
  }

  next(): unknown {
    if (this.spoilt) return END
    const layout = this.#ready()
    if (layout === undefined) return MORE
    const window = this.#window
    if (this.taken === layout.count) return this.#finish()
    if (window.end - window.at < layout.rowBytes) {
      if (!window.ended) return MORE
      throw this.#wrongLength(window.byteOffset + window.end - window.at)
    }
    const bytes = Uint8Array.from(window.bytes.subarray(window.at, window.at + layout.rowBytes))
    window.at += layout.rowBytes
    this.taken++
    return rowOf(layout, bytes, window.file)
  }

  skip(count: number): number {
    const layout = this.spoilt ? undefined : this.#ready()
    if (layout === undefined) return 0
    const { at, end } = this.#window
    const whole = layout.rowBytes === 0 ? layout.count : Math.floor((end - at) / layout.rowBytes)
    const passed = Math.min(count, whole, layout.count - this.taken)
    this.#window.at += passed * layout.rowBytes
    this.taken += passed
    return passed
  }

  begin(): boolean {
    const window = this.#window
    try {
      const header = readNpyHeader(window.bytes.subarray(window.at, window.end), window.file)
      if (header === undefined) {
        if (!window.ended) return false
        throw endsInHeader(window.file, window.byteOffset)
      }
      this.#layout = layoutOf(header, window.file)
      if (window.length !== undefined && window.length !== this.#wanted()) throw this.#wrongLength(window.length)
    } catch (error) {
      this.spoilt = true
      throw error
    }
    window.at += this.#layout.start
    return true
  }

  resume(taken: number): void {
    this.taken = taken
  }

  /** Where the rows lie, once the header is there. */
  #ready(): NpyLayout | undefined {
    if (this.#layout === undefined) this.begin()
    return this.#layout
  }

  /** The end, once nothing follows the last row. */
  #finish(): typeof END | typeof MORE {
    const window = this.#window
    if (window.end > window.at) throw this.#wrongLength(window.byteOffset + window.end - window.at)
    return window.ended ? END : MORE
  }

  #wanted(): number {
    const { start = 0, count = 0, rowBytes = 0 } = this.#layout ?? {}
    return start + count * rowBytes
  }

  #wrongLength(length: number): DataLossError {
    this.spoilt = true
    return npyLength(this.#window.file, length, this.#wanted())
  }
}
