import { checkCount, wrongArgument } from '../core/checks.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage } from '../core/stage.ts'
import { numbers } from './numbers.ts'

/**
 * Whole numbers from `start` up to, not including, `stop` (`tf.data.Dataset.range`).
 *
 * `range(stop)` starts at 0; `step` is 1 by default and may be negative. Out: numbers, int32 where all of them fit,
 * else float64 (TensorFlow: int64). Length: exact; Infinity for `range(Infinity)`. Saved: the position.
 *
 * @example
 * Dataset.range(3) // 0, 1, 2
 * Dataset.range(5, 0, -2) // 5, 3, 1
 */
export function range(start: number, stop?: number, step = 1): Stage<never, number> {
  const [from, to] = stop === undefined ? [0, start] : [start, stop]
  checkCount('range', 'start', from, { min: -Infinity })
  checkCount('range', 'stop', to, { min: -Infinity, infinite: true })
  checkCount('range', 'step', step, { min: -Infinity })
  if (step === 0) throw wrongArgument('range', 'step', 'a whole number other than 0', step)
  const length = Math.max(0, Math.ceil((to - from) / step))
  const fits = (value: number) => value === (value | 0)
  const spec = new TensorSpec(
    [],
    fits(from) && (length === 0 || fits(from + (length - 1) * step)) ? 'int32' : 'float64',
  )
  return Object.freeze({
    name: 'range',
    args: { start: from, stop: to, step },
    cardinality: () => length,
    spec: () => spec,
    ...numbers(from, step, length),
  } satisfies Stage<never, number>)
}
