import { InvalidArgumentError } from '../core/errors.ts'
import { mapSpec, TensorSpec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import { checkWindow, windowCount, WindowCursor, type WindowOptions } from '../core/windowCursor.ts'
import type { Batched } from '../ndarray/element.ts'
import { stack } from '../ndarray/stack.ts'

/**
 * Stacks windows of `size` elements, beginning `shift` elements apart, into batches: in TensorFlow, `window` with each
 * window batched by `flat_map`.
 *
 * In: elements of one structure, dtypes and shapes. Out: the same structure with one axis more in front, of `size`, but
 * in the last windows, which may hold fewer unless `dropRemainder` is given. The elements of a window lie `stride` apart.
 * Length and what is saved: as for `window`.
 *
 * @example
 * Dataset.range(5).slidingBatch(3, { shift: 1, dropRemainder: true }) // int32 [0, 1, 2], int32 [1, 2, 3], int32 [2, 3, 4]
 * @throws InvalidArgumentError naming both elements where they cannot be stacked
 */
export function slidingBatch<T>(size: number, options: WindowOptions = {}): Stage<T, Batched<T>> {
  const shape = checkWindow('slidingBatch', size, options)
  const rows = shape.dropRemainder ? size : null
  return Object.freeze({
    name: 'slidingBatch',
    args: { ...shape },
    cardinality: ([length]) => windowCount(length, shape),
    spec: ([spec]) => spec && mapSpec(spec, (leaf) => new TensorSpec(leaf.shape && [rows, ...leaf.shape], leaf.dtype)),
    open: ([upstream], { path }, state) => {
      const make = (elements: T[], first: number): Batched<T> => {
        try {
          return stack(elements, upstream.spec)
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error
          const { index = 0, message } = error
          throw new InvalidArgumentError(`${path}: in the window that begins at element ${first}, ${message}`, {
            path,
            index: first + index * shape.stride,
          })
        }
      }
      return new WindowCursor(upstream, shape, make, state)
    },
  } satisfies Stage<T, Batched<T>>)
}
