import { atPath, checkBoolean, checkCount, checkFunction, checkOptions, show, wrongArgument } from '../core/checks.ts'
import { after, END, isEnd, isThenable, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { HeldGroups, type Group } from '../core/heldGroups.ts'
import { AGAIN, search, type Step } from '../core/search.ts'
import type { Stage } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import type { ElementContext, ElementFunction } from '../core/userFunction.ts'
import type { Batched, Scalar } from '../ndarray/element.ts'
import { checkPaddedShapes, fillShapes, padStack, type PaddedShapes, type PaddingValues } from '../ndarray/pad.ts'
import { stack } from '../ndarray/stack.ts'

/** Options of `bucketBySequenceLength`. */
export interface BucketBySequenceLengthOptions<T> {
  /** The length of an element, which decides its bucket. */
  readonly elementLengthFunc: ElementFunction<T, number>
  /** Upper bounds of the buckets, exclusive, ascending; what is as long as the last one or longer has a bucket too. */
  readonly bucketBoundaries: readonly number[]
  /** Batch size of each bucket: one more than there are boundaries. */
  readonly bucketBatchSizes: readonly number[]
  /** Sizes to pad each leaf to, as of `paddedBatch`. */
  readonly paddedShapes?: PaddedShapes<T>
  /** What to pad with, as of `paddedBatch`. */
  readonly paddingValues?: PaddingValues<T> | Exclude<Scalar, Uint8Array>
  /** Whether axes of unknown size are padded to the boundary of the bucket less 1, and not to the longest; false by default. Where no spec
   * says which axes those are, it is the first one. */
  readonly padToBucketBoundary?: boolean
  /** Whether the batches begun at the end of the input are left out; false by default. */
  readonly dropRemainder?: boolean
  /** Whether elements are stacked without padding, for lengths that are the same in a bucket; false by default. */
  readonly noPadding?: boolean
}

const names = [
  'elementLengthFunc',
  'bucketBoundaries',
  'bucketBatchSizes',
  'paddedShapes',
  'paddingValues',
  'padToBucketBoundary',
  'dropRemainder',
  'noPadding',
]

/**
 * Batches elements of like length together, so that little is padded (`tf.data.Dataset.bucket_by_sequence_length`).
 *
 * Out: padded batches: a bucket gives one once it is full, and at the end of the input those begun, shortest bucket
 * first. Length: unknown, but 0 of 0. Saved: which elements are held, by index, and a place upstream before them.
 *
 * @example
 * Dataset.range(1, 5).map((n) => ndarray(new Int32Array(n))).bucketBySequenceLength({ elementLengthFunc: (x) => x.size, bucketBoundaries: [3], bucketBatchSizes: [2, 2] }) // int32 [[0, 0], [0, 0]], int32 [[0, 0, 0, 0], [0, 0, 0, 0]]
 * @throws InvalidArgumentError where `padToBucketBoundary` meets an element of the last boundary's length or more
 */
export function bucketBySequenceLength<T>(options: BucketBySequenceLengthOptions<T>): Stage<T, Batched<T>> {
  const op = 'bucketBySequenceLength'
  checkOptions(op, options, names)
  const { elementLengthFunc, bucketBoundaries: bounds, paddedShapes, paddingValues } = options
  const sizes: readonly number[] = options.bucketBatchSizes
  checkFunction(op, 'elementLengthFunc', elementLengthFunc)
  if (!isList(bounds) || bounds.length === 0) throw wrongArgument(op, 'bucketBoundaries', 'a list of numbers', bounds)
  bounds.forEach((bound, i) => {
    checkCount(op, `bucketBoundaries[${i}]`, bound, { min: i === 0 ? 1 : bounds[i - 1] + 1 })
  })
  if (!isList(sizes) || sizes.length !== bounds.length + 1) {
    throw wrongArgument(op, 'bucketBatchSizes', `a list of ${bounds.length + 1}, one more than bucketBoundaries`, sizes)
  }
  sizes.forEach((size, i) => checkCount(op, `bucketBatchSizes[${i}]`, size, { min: 1 }))
  if (paddedShapes !== undefined) checkPaddedShapes(paddedShapes, `${op}: paddedShapes`)
  const padToBucketBoundary = checkBoolean(op, 'padToBucketBoundary', options.padToBucketBoundary ?? false)
  const dropRemainder = checkBoolean(op, 'dropRemainder', options.dropRemainder ?? false)
  const noPadding = checkBoolean(op, 'noPadding', options.noPadding ?? false)
  if (noPadding && (padToBucketBoundary || paddedShapes !== undefined)) {
    throw new InvalidArgumentError(`${op}: noPadding goes with neither padToBucketBoundary nor paddedShapes.`)
  }
  const args = { bucketBoundaries: bounds, bucketBatchSizes: sizes, paddedShapes, paddingValues, padToBucketBoundary }
  return Object.freeze({
    name: op,
    args: { elementLengthFunc, ...args, dropRemainder, noPadding },
    tuning: ['elementLengthFunc'],
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: () => undefined,
    open: ([upstream], context, state) => {
      const bucketOf = (length: number): number => {
        if (!(Number.isSafeInteger(length) && length >= 0)) throw noLength(length)
        let bucket = 0
        while (bucket < bounds.length && length >= bounds[bucket]) bucket++
        return bucket
      }
      const lengthOf = (element: T, about: ElementContext): number | Promise<number> => {
        const length: number | PromiseLike<number> = elementLengthFunc(element, about)
        return isThenable<number>(length) ? Promise.resolve(length) : length
      }
      const keyOf: ElementFunction<T, number> =
        elementLengthFunc.length === 1
          ? (element: T) => after(lengthOf(element, undefined as never), bucketOf)
          : (element, about) => after(lengthOf(element, about), bucketOf)
      const groups = new HeldGroups<number, T>(upstream, { keyOf, sizeOf: (bucket) => sizes[bucket] }, context, state)
      const join = ({ key, rows, indices }: Group<number, T>): Batched<T> | undefined => {
        if (dropRemainder && rows.length < sizes[key]) return undefined
        if (noPadding) return stack(rows, upstream.spec, indices[0])
        if (padToBucketBoundary && key === bounds.length) throw tooLong(bounds[key - 1], indices[0])
        const shapes = padToBucketBoundary
          ? fillShapes(rows[0], paddedShapes, upstream.spec, bounds[key] - 1)
          : paddedShapes
        return padStack(rows, { shapes, values: paddingValues }, upstream.spec, indices[0])
      }
      return new BucketsCursor(groups, join, context.path)
    },
  } satisfies Stage<T, Batched<T>>)
}

class BucketsCursor<T> implements Cursor<Batched<T>> {
  readonly #groups: HeldGroups<number, T>
  readonly #join: (group: Group<number, T>) => Batched<T> | undefined
  readonly #path: string

  constructor(groups: HeldGroups<number, T>, join: (group: Group<number, T>) => Batched<T> | undefined, path: string) {
    this.#groups = groups
    this.#join = join
    this.#path = path
  }

  next(): Pull<Batched<T>> {
    if (this.#groups.restoring) return this.#groups.restore().then(() => this.next())
    return search(this.#step(), () => this.#step())
  }

  state(): State {
    return this.#groups.state()
  }

  close(): void | Promise<void> {
    return this.#groups.close()
  }

  #step(): Step<Batched<T> | typeof END> {
    return after(this.#groups.next(), (group) => this.#emit(group))
  }

  /** The batch, where it is not left out. */
  #emit(group: Group<number, T> | typeof END): Batched<T> | typeof END | typeof AGAIN {
    if (isEnd(group)) return END
    this.#groups.release(group)
    try {
      return this.#join(group) ?? AGAIN
    } catch (error) {
      throw atPath(error, this.#path)
    }
  }
}

function noLength(length: unknown): InvalidArgumentError {
  return new InvalidArgumentError(
    `elementLengthFunc must return a whole number of at least 0, got ${show(length)}.`,
    length === undefined ? { hint: 'Is a return missing?' } : {},
  )
}

function tooLong(bound: number, index: number): InvalidArgumentError {
  return new InvalidArgumentError(`element ${index} is as long as the last boundary ${bound}, or longer.`, {
    index,
    hint: 'With padToBucketBoundary every element must be shorter: filter them, or add a boundary.',
  })
}

/** `Array.isArray`, which would make a list of anything out of a list of numbers. */
function isList(value: unknown): boolean {
  return Array.isArray(value)
}
