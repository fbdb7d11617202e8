import { checkCount } from '../core/checks.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import { numbers } from './numbers.ts'

/**
 * Whole numbers from `start` on, for ever (`tf.data.Dataset.counter`).
 *
 * `start` is 0 and `step` 1 by default; `step` may be negative, or 0 for the same number again and again. Out: numbers,
 * float64 in a batch (TensorFlow: int64). Length: Infinity. Saved: the position.
 *
 * @example
 * Dataset.counter(10, 5).take(3) // 10, 15, 20
 */
export function counter(start = 0, step = 1): Stage<never, number> {
  checkCount('counter', 'start', start, { min: -Infinity })
  checkCount('counter', 'step', step, { min: -Infinity })
  const spec = new TensorSpec([], 'float64')
  return Object.freeze({
    name: 'counter',
    args: { start, step },
    cardinality: () => Infinity,
    spec: () => spec,
    ...numbers(start, step, Infinity),
  } satisfies Stage<never, number>)
}
