import type { Cursor } from './cursor.ts'
import { InvalidArgumentError } from './errors.ts'
import { foldIn } from './random.ts'
import { isSource, openPlan, runningPlan, type Source, type StageContext } from './stage.ts'
import type { State } from './state.ts'

/**
 * The dataset that a user's function made of an element.
 *
 * @throws InvalidArgumentError where it is none
 */
export function checkInner<T>(made: Source<T>, context: StageContext, index: number): Source<T> {
  if (isSource(made)) return made
  throw new InvalidArgumentError(`${context.path}: the function returned no Dataset for element ${index}.`, {
    path: context.path,
    index,
    hint: 'Wrap what it returns, as in Dataset.fromTensorSlices(array).',
  })
}

/**
 * Opens the dataset that a stage made of its element `index`, from the start or from a state. Its random numbers are
 * decided by the stage, the epoch and the index, and the paths in its errors begin with the stage and the index.
 */
export function openInner<T>(source: Source<T>, context: StageContext, index: number, state?: State): Cursor<T> {
  const { path, key, ...run } = context
  const { a, b } = foldIn(key, index)
  const seed = a + (b & 0x1fffff) * 0x100000000
  return openPlan(runningPlan(source), { ...run, seed, within: `${path}[${index}]` }, state)
}
