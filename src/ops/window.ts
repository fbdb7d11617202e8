import { InvalidArgumentError } from '../core/errors.ts'
import { heldElements } from '../core/heldElements.ts'
import { TensorSpec, type Spec } from '../core/spec.ts'
import type { Source, Stage } from '../core/stage.ts'
import { checkWindow, windowCount, WindowCursor, type WindowOptions } from '../core/windowCursor.ts'
import { isStructure, joinPath } from '../ndarray/element.ts'
import { describe } from '../ndarray/ndarray.ts'

/**
 * Gives datasets of `size` elements each, beginning `shift` elements apart (`tf.data.Dataset.window`).
 *
 * In: elements of one structure. Out: as in TensorFlow, that structure with a dataset at each leaf: one dataset where
 * elements are scalars or arrays, and `{ a: dataset, b: dataset }` where they are objects. The elements of a window lie
 * `stride` apart; the last windows may hold fewer, unless `dropRemainder` is given. Windows that overlap share their
 * elements, each of which is read once. Length: the input's divided by `shift`, rounded up, or as many as are whole with
 * `dropRemainder`. Saved: a place upstream before the oldest element of the next window.
 *
 * @param make makes a Dataset of a source stage
 * @example
 * Dataset.range(5).window(3, { shift: 2 }).flatMap((window) => window.batch(3)) // int32 [0, 1, 2], int32 [2, 3, 4], int32 [4]
 * @throws InvalidArgumentError where the elements of a window differ in structure
 */
export function window<T, W>(size: number, make: (source: Stage) => Source, options: WindowOptions = {}): Stage<T, W> {
  const shape = checkWindow('window', size, options)
  return Object.freeze({
    name: 'window',
    args: { ...shape },
    cardinality: ([length]) => windowCount(length, shape),
    spec: () => undefined,
    open: ([upstream], { path }, state) =>
      new WindowCursor(
        upstream,
        shape,
        (rows, first) => datasetsOf(rows, upstream.spec, { make, operation: path, first, path: '' }) as W,
        state,
      ),
  } satisfies Stage<T, W>)
}

interface Place {
  readonly make: (source: Stage) => Source
  readonly operation: string
  readonly first: number
  readonly path: string
}

/** The structure of the rows with a dataset of their values at each leaf. */
function datasetsOf(rows: readonly unknown[], spec: Spec | undefined, place: Place): unknown {
  const first = rows[0]
  if (!isStructure(first))
    return place.make(heldElements('window', rows, spec instanceof TensorSpec ? spec : undefined))
  const keys = Object.keys(first)
  const tuple = Array.isArray(first)
  const parts = keys.map((key): [string, unknown] => {
    const column = rows.map((row) => {
      if (!isStructure(row) || Array.isArray(row) !== tuple || !(key in row)) throw differs(first, row, place)
      return (row as Readonly<Record<string, unknown>>)[key]
    })
    const inner = spec instanceof TensorSpec ? undefined : (spec as Readonly<Record<string, Spec>> | undefined)?.[key]
    return [
      key,
      datasetsOf(column, inner, { ...place, path: tuple ? `${place.path}[${key}]` : joinPath(place.path, key) }),
    ]
  })
  const odd = rows.find((row) => Object.keys(row as object).length !== keys.length)
  if (odd !== undefined) throw differs(first, odd, place)
  return tuple ? parts.map(([, part]) => part) : Object.fromEntries(parts)
}

function differs(first: unknown, row: unknown, { operation, first: index, path }: Place): InvalidArgumentError {
  const where = path === '' ? '' : `${path} of `
  return new InvalidArgumentError(
    `${operation}: ${where}the window that begins at element ${index} holds ${describe(first)} and ${describe(row)}.`,
    { path: operation, index, hint: 'Every element of a window must have the same structure.' },
  )
}
