import { TensorSpec, type Spec } from '../core/spec.ts'
import { isTyped, itemBytes, type TypedDType } from '../ndarray/dtype.ts'
import { isStructure } from '../ndarray/element.ts'
import { sizeOf } from '../ndarray/ndarray.ts'
import { align } from './layout.ts'
import type { BlockTask } from './messages.ts'

/*
 * A batch that several threads make together, in memory that all of them have from the start:
 *
 *   | large leaf: row 0 | row 1 | row 2 | ... | what else the rows of thread 0 hold | of thread 1 | ... |
 *
 * Each takes the next row that nobody has taken, so that all of them are done within the time of one row. The rows of the
 * large leaf are made, or copied, where the batch has them; the small rest travels by thread, and is stacked at the end.
 */

/** The leaf that nearly all bytes of a row are in. */
export interface LargeLeaf {
  readonly dtype: TypedDType
  /** Values of a row. */
  readonly length: number
}

/** What is known of the rows of a map before any of them is made, where batches of them can be shared out. */
export interface SharedRows {
  readonly leaf: LargeLeaf
  /** Bytes that a thread needs for each row beside it, and once. */
  readonly besideBytes: number
  readonly fixedBytes: number
}

/** Rows that a thread makes at the least: fewer are not worth a message of their own. */
const leastRows = 4

/** From this size on of a row, the threads have more to do with it than to speak about it. */
const leastLeafBytes = 1 << 12

/** Part of the large leaf that all others may have together. */
const mostBeside = 1 / 16

/** Columns of a block begin at multiples of this, and none has more bytes a value. */
const columnBytes = 64
const scalarBytes = 8

/**
 * What a spec says of rows; undefined where they are not to be shared out: sizes are not known, or no leaf stands out, or
 * it is small.
 */
export function sharedRows(spec: Spec | undefined): SharedRows | undefined {
  if (spec === undefined) return undefined
  const leaves = leavesOf(spec)
  const sizes = leaves.map(bytesOf)
  const largest = Math.max(0, ...sizes)
  const large = leaves.at(sizes.indexOf(largest))
  if (large === undefined || largest < leastLeafBytes) return undefined
  const { dtype, shape } = large
  if (!isTyped(dtype) || !isKnown(shape)) return undefined
  const besideBytes = sizes.reduce((sum, size) => sum + size, 0) - largest
  if (!(besideBytes <= largest * mostBeside)) return undefined
  return { leaf: { dtype, length: sizeOf(shape) }, besideBytes, fixedBytes: columnBytes * leaves.length }
}

/** How many threads make a batch together. */
export function threadsOfBatch(rows: number, threads: number): number {
  return Math.max(1, Math.min(threads, Math.floor(rows / leastRows)))
}

/** The parts of a block for some threads, in memory that it has, or that is made where that is too small. */
export function shareOut(task: BlockTask, threads: number, { leaf, besideBytes, fixedBytes }: SharedRows): BlockTask[] {
  const rows = task.input.count
  const start = align(rows * leaf.length * itemBytes(leaf.dtype))
  // Each thread may come to make all rows.
  const bytes = align(rows * besideBytes + fixedBytes)
  const needed = start + threads * bytes
  const output =
    task.output !== undefined && task.output.byteLength >= needed ? task.output : new SharedArrayBuffer(needed)
  return Array.from({ length: threads }, (_, thread) => {
    const from = start + thread * bytes
    const share = { first: task.place, leaf, start: from, end: from + bytes }
    return { ...task, output, place: task.place + thread, share }
  })
}

function leavesOf(spec: Spec): readonly TensorSpec[] {
  if (spec instanceof TensorSpec) return [spec]
  return isStructure(spec) ? Object.values(spec).flatMap((part) => leavesOf(part)) : []
}

/** Bytes of one leaf of a row; text travels in the message, and of what is not known there may be any number. */
function bytesOf({ shape, dtype }: TensorSpec): number {
  if (dtype === 'string') return 0
  if (!isTyped(dtype) || !isKnown(shape)) return Infinity
  return shape.length === 0 ? scalarBytes : sizeOf(shape) * itemBytes(dtype)
}

function isKnown(shape: TensorSpec['shape']): shape is readonly number[] {
  return shape?.every((size) => size !== null) ?? false
}
