/**
 * The values of one feature over the records of a batch, written straight from their bytes. A record is read into the
 * column behind what is committed, as often as it takes (by the fast readers first, by all the rules where these give
 * up), and counts once it is committed:
 *
 *   data    | record 0 | record 1 | being read | room |
 *           0          splits[1]  base         next
 *
 * A column that asks for a fixed number of values gives its memory away with each batch; one of any number keeps it and
 * gives a copy of just the size.
 */
import type { DType } from '../core/spec.ts'
import { newMemory } from '../ndarray/batchMemory.ts'
import { allocate, isTyped, type DataOf } from '../ndarray/dtype.ts'
import { isNdArray } from '../ndarray/ndarray.ts'
import { columnReaders } from './columnReaders.ts'
import type { DecodedFeature } from './rawFeature.ts'
import { listValues, Misfit } from './listValues.ts'
import type { ListReaders } from './listReaders.ts'
import type { Slot } from './slot.ts'

/** In place of a value: the record does not have the feature, and need not. */
export const absent: unique symbol = Symbol('absent')

/** What a column asks for. */
export interface ColumnRequest {
  /** The feature's name. */
  readonly name: string
  readonly dtype: DType
  /** What was asked for, as errors say it: `int32 [2, 2]`. */
  readonly wanted: string
  /** Number of values in each record, undefined for any. */
  readonly count: number | undefined
  /** The number of values has to be a multiple of this one. */
  readonly unit: number
  /** Whether a record may lack the feature. */
  readonly optional: boolean
  /** What a record without it has instead; nothing if undefined. */
  readonly defaultValue: unknown
}

/** The values of a finished column. */
export interface FinishedColumn {
  readonly dtype: DType
  readonly data: DataOf[DType]
  /** Number of records. */
  readonly rows: number
  /** Those of record i are `data[splits[i], splits[i + 1])`; left out where each has the same number. */
  readonly splits: Int32Array
}

/** Values before a column of strings or numbers grows for the first time. */
const firstRoom = 64

export class Column implements Slot {
  readonly name: string
  readonly wanted: string
  readonly absent: unknown
  readonly dtype: DType
  readonly count: number | undefined
  readonly unit: number
  readonly readers: ListReaders
  data: DataOf[DType]
  /** The bytes of `data`, where it lies in one block. */
  bytes: Uint8Array
  /** Where the record that is read begins and, once it was read, ends. */
  base = 0
  next = 0
  rows = 0
  #splits = new Int32Array(firstRoom)
  readonly #defaults: ArrayLike<unknown>

  constructor({ name, wanted, dtype, count, unit, optional, defaultValue }: ColumnRequest) {
    this.name = name
    this.wanted = wanted
    this.dtype = dtype
    this.count = count
    this.unit = unit
    this.absent = optional ? absent : undefined
    this.#defaults = isNdArray(defaultValue) ? defaultValue.data : defaultValue === undefined ? [] : [defaultValue]
    this.data = allocate(dtype, 0)
    this.bytes = bytesOf(this.data)
    this.readers = columnReaders(this)
  }

  /** Begins a batch of about so many records. */
  begin(records: number, memory = newMemory): void {
    this.base = this.next = this.rows = 0
    if (!isTyped(this.dtype)) this.data = []
    else if (this.count !== undefined) this.#use(memory.allocate(this.dtype, records * this.count))
  }

  /** Makes room for so many values of the record. */
  reserve(values: number): void {
    const wanted = this.base + values
    if (wanted <= this.data.length || !isTyped(this.dtype)) return
    const grown = allocate(this.dtype, Math.max(firstRoom, wanted, 2 * this.data.length))
    const kept = (this.data as Uint8Array).subarray(0, this.base)
    ;(grown as Uint8Array).set(kept)
    this.#use(grown)
  }

  /** Reads a record by all the rules; says what is wrong with it. */
  take(found: DecodedFeature): Misfit | undefined {
    const values = listValues(found, this.dtype, this.count, this.unit)
    if (values instanceof Misfit) return values
    this.#write(values)
    return undefined
  }

  /** Counts the record that was read, or has no value for `absent`. */
  commit(value: unknown): void {
    if (value === absent) this.#write(this.#defaults)
    const row = ++this.rows
    this.base = this.next
    if (this.count !== undefined) return
    if (row >= this.#splits.length) {
      const grown = new Int32Array(2 * this.#splits.length)
      grown.set(this.#splits)
      this.#splits = grown
    }
    this.#splits[row] = this.base
  }

  /** The values that were committed. */
  finish(): FinishedColumn {
    const { dtype, data, base, count, rows } = this
    const splits = count === undefined ? this.#splits.slice(0, rows + 1) : noSplits
    const own = count !== undefined && data.length === base
    const values = own ? data : data.slice(0, base)
    if (own) this.#use(allocate(dtype, 0))
    return { dtype, data: values, rows, splits }
  }

  #write(values: ArrayLike<unknown>): void {
    this.reserve(values.length)
    const data: { [index: number]: unknown } = this.data
    const bool = this.dtype === 'bool'
    for (let i = 0; i < values.length; i++) data[this.base + i] = bool ? Number(values[i]) : values[i]
    this.next = this.base + values.length
  }

  #use(data: DataOf[DType]): void {
    this.data = data
    this.bytes = bytesOf(data)
  }
}

const noSplits = new Int32Array(0)
const none = new Uint8Array(0)

function bytesOf(data: DataOf[DType]): Uint8Array {
  return Array.isArray(data) ? none : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
