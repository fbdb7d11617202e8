import { checkAs } from '../core/checks.ts'
import { END, type Cursor } from '../core/cursor.ts'
import { keep } from '../core/lease.ts'
import type { NumericDType, Spec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import { specOf, type Tensors } from '../ndarray/element.ts'
import { elementDigest } from '../ndarray/elementDigest.ts'
import { plainDType } from '../ndarray/ndarray.ts'
import { toTensors } from '../ndarray/rows.ts'

/**
 * One element: the tensors as they are (`tf.data.Dataset.from_tensors`).
 *
 * In: as for `fromTensorSlices`, or plain scalars, which have the dtype that `ndarray` gives them. Out: one element.
 * Length: 1. Saved: how many were delivered.
 *
 * @example
 * Dataset.fromTensors({ x: [1, 2, 3] }) // { x: int32 [1, 2, 3] }
 */
export function fromTensors<T>(tensors: T): Stage<never, Tensors<T>> {
  const { element, spec } = asElement(tensors)
  let identity: string | undefined
  return Object.freeze({
    name: 'fromTensors',
    args: {},
    identity: () => (identity ??= elementDigest(element) ?? ''),
    cardinality: () => 1,
    spec: () => spec,
    open: (_inputs, _context, state) =>
      new TensorsCursor(element as Tensors<T>, (state as TensorsState | undefined)?.position ?? 0),
    randomAccess: () => ({ length: 1, at: () => element as Tensors<T>, close: ownsNothing }),
  } satisfies Stage<never, Tensors<T>>)
}

function asElement(tensors: unknown): { element: unknown; spec: Spec } {
  return checkAs('fromTensors', () => {
    const element = toTensors(tensors)
    return { element, spec: specOf(element, (value) => plainDType([value]) as NumericDType) }
  })
}

interface TensorsState {
  readonly position: number
}

class TensorsCursor<T> implements Cursor<T> {
  readonly #element: T
  #position: number

  constructor(element: T, position: number) {
    this.#element = element
    this.#position = position
  }

  next(): T | typeof END {
    keep(this.#element)
    return this.#position++ === 0 ? this.#element : this.#end()
  }

  state() {
    return { position: this.#position }
  }

  close(): void {
    ownsNothing()
  }

  #end(): typeof END {
    this.#position = 1
    return END
  }
}

function ownsNothing(): void {
  // The tensors are the caller's memory: there is nothing to free.
}
