import { MillraceError } from '../core/errors.ts'
import { isStructure, joinPath } from '../ndarray/element.ts'
import { isNdArray, type NdArray } from '../ndarray/ndarray.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'

/** Where a loss was NaN or infinite. */
export interface NonFiniteLoss {
  readonly loss: number
  /** The step that was not made. */
  readonly step: number
  /** Zero-based number of the pass. */
  readonly epoch: number
  /** Index of the batch's first element among those the pass gave, and the one after its last. */
  readonly elements: readonly [number, number]
  /** `dataset.iterator({ state })` gives the batch again as its first; undefined for the first batch of a pass. */
  readonly state: IteratorState | undefined
}

/**
 * The loss of a step or its gradients are NaN or infinite (TensorFlow's `check_numerics`, Keras's `TerminateOnNaN`). The step was not
 * made, and no checkpoint was written after it.
 */
export class NonFiniteLossError extends MillraceError {
  override readonly name = 'NonFiniteLossError'
  readonly loss: number
  readonly step: number
  readonly epoch: number
  readonly elements: readonly [number, number]
  readonly state: IteratorState | undefined

  constructor({ loss, step, epoch, elements, state }: NonFiniteLoss, batch: unknown) {
    const [first, end] = elements
    const where = `step ${step} of pass ${epoch + 1}, elements ${first} to ${end - 1} of the pass`
    const culprit = firstNonFinite(batch, '')
    super(
      `fit: loss or gradients are not finite (loss ${loss}) at ${where}${culprit === undefined ? '' : `; ${culprit}`}.`,
      {
        index: first,
        hint:
          culprit === undefined
            ? 'The data is finite: lower the learning rate. The step was not made, and the last checkpoint stands.'
            : 'The step was not made, and the last checkpoint stands; dataset.iterator({ state: error.state }) begins with this batch.',
      },
    )
    this.loss = loss
    this.step = step
    this.epoch = epoch
    this.elements = elements
    this.state = state
  }
}

/** `row 3 of image holds NaN`, for the first value of a batch that is not finite. */
function firstNonFinite(part: unknown, path: string): string | undefined {
  if (isNdArray(part)) return inArray(part, path)
  if (!isStructure(part)) return undefined
  for (const [key, child] of Object.entries(part)) {
    const found = firstNonFinite(child, joinPath(path, key))
    if (found !== undefined) return found
  }
  return undefined
}

function inArray(array: NdArray, path: string): string | undefined {
  const place = nonFinitePlace(array)
  if (place === -1) return undefined
  const { data, shape } = array
  return `row ${Math.floor(place / (data.length / (shape[0] ?? 1)))} of ${path} holds ${String(data[place])}`
}

/** Where the first value is that is NaN or infinite; -1 where all are finite. */
export function nonFinitePlace({ dtype, data }: NdArray): number {
  if (!dtype.startsWith('float')) return -1
  const values = data as Float32Array
  // A sum is much faster than a search, and is finite only where all are.
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return Number.isFinite(sum) ? -1 : values.findIndex((value) => !Number.isFinite(value))
}
