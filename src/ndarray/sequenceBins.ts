import { InvalidArgumentError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import { allocate, isTyped, type DataOf } from './dtype.ts'
import type { Scalar } from './element.ts'
import { checkScalar, NdArray } from './ndarray.ts'
import type { Sequence } from './sequences.ts'

/** What the rows are like. */
export interface RowFormat {
  readonly names: readonly string[]
  /** Length of a row, by feature. */
  readonly lengths: readonly number[]
  /** What fills a row up, by feature; undefined for 0, false or an empty string. */
  readonly padding: readonly (Scalar | undefined)[]
}

/** The sequences in a row, by feature, and how much of it they take. */
interface Bin {
  readonly sequences: Sequence[][]
  readonly filled: number[]
}

/** Rows of fixed length that are being filled with sequences, each into the first row that has room for it. */
export class SequenceBins {
  readonly #format: RowFormat
  readonly #capacity: number
  #bins: Bin[] = []
  #dtypes: readonly DType[] = []

  constructor(format: RowFormat, capacity: number) {
    this.#format = format
    this.#capacity = capacity
  }

  /** Rows in use. */
  get size(): number {
    return this.#bins.length
  }

  /**
   * Puts the sequences of an element, none longer than a row, into the first row that has room for all of them. False
   * where there is none, which cannot be while no row is in use.
   *
   * @throws InvalidArgumentError where they are of other dtypes than those in the rows
   */
  add(sequences: readonly Sequence[]): boolean {
    let bin = this.#binFor(sequences)
    if (bin === undefined) {
      if (this.#bins.length === this.#capacity) return false
      bin = { sequences: sequences.map(() => []), filled: sequences.map(() => 0) }
      this.#checkDTypes(sequences)
      this.#bins.push(bin)
    } else this.#checkDTypes(sequences)
    for (let i = 0; i < sequences.length; i++) {
      bin.sequences[i].push(sequences[i])
      bin.filled[i] += sequences[i].data.length
    }
    return true
  }

  /** A row, its features by name, each with the numbers of the sequences and the places in them. */
  row(index: number): Readonly<Record<string, NdArray>> {
    const { names, lengths, padding } = this.#format
    const row: Record<string, NdArray> = {}
    for (let i = 0; i < names.length; i++) {
      const packed = packRow(this.#bins[index].sequences[i], this.#dtypes[i], lengths[i], padding[i])
      row[names[i]] = packed.values
      row[`${names[i]}_segment_ids`] = packed.segmentIds
      row[`${names[i]}_positions`] = packed.positions
    }
    return row
  }

  clear(): void {
    this.#bins = []
  }

  #binFor(sequences: readonly Sequence[]): Bin | undefined {
    const { lengths } = this.#format
    search: for (const bin of this.#bins) {
      for (let i = 0; i < sequences.length; i++) {
        if (bin.filled[i] + sequences[i].data.length > lengths[i]) continue search
      }
      return bin
    }
    return undefined
  }

  #checkDTypes(sequences: readonly Sequence[]): void {
    if (this.#bins.length === 0) this.#dtypes = sequences.map(({ dtype }) => dtype)
    for (let i = 0; i < sequences.length; i++) {
      if (sequences[i].dtype === this.#dtypes[i]) continue
      throw new InvalidArgumentError(
        `${this.#format.names[i]} is ${sequences[i].dtype}, and ${this.#dtypes[i]} in the elements before it.`,
        { hint: 'All sequences of a feature must have the same dtype.' },
      )
    }
  }
}

/**
 * Lays sequences behind one another into a row of `length`, the rest of which is `padding`, and says of
 * each value which sequence it is from, counted from 1, and its place in it; both are 0 in the padding.
 */
function packRow(
  sequences: readonly Sequence[],
  dtype: DType,
  length: number,
  padding: Scalar | undefined,
): { values: NdArray; segmentIds: NdArray<'int32', 1>; positions: NdArray<'int32', 1> } {
  const data = allocate(dtype, length)
  const segmentIds = new Int32Array(length)
  const positions = new Int32Array(length)
  let at = 0
  for (const [i, sequence] of sequences.entries()) {
    const count = sequence.data.length
    copyInto(data, sequence.data, at, isTyped(dtype))
    segmentIds.fill(i + 1, at, at + count)
    for (let position = 0; position < count; position++) positions[at + position] = position
    at += count
  }
  if (padding !== undefined) data.fill(checkScalar(padding, dtype), at)
  return {
    values: new NdArray(dtype, [length], data),
    segmentIds: new NdArray('int32', [length], segmentIds),
    positions: new NdArray('int32', [length], positions),
  }
}

function copyInto(target: DataOf[DType], values: DataOf[DType], at: number, typed: boolean): void {
  // Below a few values, set() costs more than it saves; text lies in plain arrays, which have none.
  if (typed && values.length > 16) (target as Float32Array).set(values as Float32Array, at)
  else for (let i = 0; i < values.length; i++) target[at + i] = values[i]
}
