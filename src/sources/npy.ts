import { checkOptions } from '../core/checks.ts'
import { END } from '../core/cursor.ts'
import { DataLossError, InvalidArgumentError } from '../core/errors.ts'
import type { Stage } from '../core/stage.ts'
import type { ByteWindow } from '../files/byteWindow.ts'
import type { FilePath } from '../files/filePaths.ts'
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
    {},
  )
}

class NpyReader implements ElementReader<unknown> {
  taken = 0
  readonly #window: ByteWindow
  #header: NpyHeader | undefined
  #rows = 0
  #rowShape: readonly number[] = []
  #rowBytes = 0
  /** Whether the file was found to be wrong. */
  spoilt = false

  constructor(window: ByteWindow) {
    this.#window = window
  }

  next(): unknown {
    if (this.spoilt) return END
    if (this.#header === undefined && !this.begin()) return MORE
    if (this.#header === undefined) return END
    const window = this.#window
    if (this.taken === this.#rows) return this.#finish()
    if (window.end - window.at < this.#rowBytes) {
      if (!window.ended) return MORE
      throw this.#wrongLength(window.byteOffset + window.end - window.at)
    }
    const bytes = Uint8Array.from(window.bytes.subarray(window.at, window.at + this.#rowBytes))
    window.at += this.#rowBytes
    this.taken++
    const row = npyValues(this.#header, this.#rowShape, bytes, window.file)
    return row.shape.length === 0 ? scalarAt(row, 0) : row
  }

  skip(count: number): number {
    if (this.spoilt || (this.#header === undefined && !this.begin())) return 0
    const { at, end } = this.#window
    const whole = this.#rowBytes === 0 ? this.#rows : Math.floor((end - at) / this.#rowBytes)
    const passed = Math.min(count, whole, this.#rows - this.taken)
    this.#window.at += passed * this.#rowBytes
    this.taken += passed
    return passed
  }

  begin(): boolean {
    const window = this.#window
    try {
      const header = readNpyHeader(window.bytes.subarray(window.at, window.end), window.file)
      if (header === undefined) {
        if (!window.ended) return false
        const { file, byteOffset } = window
        throw new DataLossError(`npy: ${file} ends within its header.`, { file, byteOffset })
      }
      this.#use(header)
      if (window.length !== undefined && window.length !== this.#wanted()) throw this.#wrongLength(window.length)
    } catch (error) {
      this.spoilt = true
      throw error
    }
    window.at += this.#header?.start ?? 0
    return true
  }

  resume(taken: number): void {
    this.taken = taken
  }

  #use(header: NpyHeader): void {
    const { shape, fortranOrder, valueBytes } = header
    const { file } = this.#window
    if (shape.length === 0) throw new InvalidArgumentError(`npy: ${file} is a scalar, which has no rows.`, { file })
    if (fortranOrder && shape.length > 1) {
      throw new InvalidArgumentError(`npy: ${file} is in Fortran order, in which rows are in pieces.`, {
        file,
        hint: 'Save it with numpy.ascontiguousarray(array), or use parseNpy and fromTensorSlices.',
      })
    }
    this.#header = header
    this.#rows = shape[0]
    this.#rowShape = Object.freeze(shape.slice(1))
    this.#rowBytes = sizeOf(this.#rowShape) * valueBytes
  }

  /** The end, once nothing follows the last row. */
  #finish(): typeof END | typeof MORE {
    const window = this.#window
    if (window.end > window.at) throw this.#wrongLength(window.byteOffset + window.end - window.at)
    return window.ended ? END : MORE
  }

  #wanted(): number {
    return (this.#header?.start ?? 0) + this.#rows * this.#rowBytes
  }

  #wrongLength(length: number): DataLossError {
    this.spoilt = true
    return npyLength(this.#window.file, length, this.#wanted())
  }
}
