import { InvalidArgumentError } from './errors.ts'
import { foldIn } from './random.ts'
import { openRandomAccess } from './randomAccess.ts'
import {
  isSource,
  openPlan,
  runningPlan,
  type Source,
  type StageContext,
  type Upstream,
  type WholeRun,
} from './stage.ts'

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
 * The dataset that a stage made of its element `index`, as an input. Its random numbers are decided by the stage, the
 * epoch and the index, and the paths in its errors begin with the stage and the index.
 */
export function innerUpstream<T>(source: Source<T>, context: StageContext, index: number): Upstream<T> {
  const { path, key, epoch, signal, pipelineSeed, observer, tuner, memory } = context
  const { a, b } = foldIn(key, index)
  const seed = a + (b & 0x1fffff) * 0x100000000
  const within = `${path}[${index}]`
  const run: WholeRun = { seed, epoch, signal, within, pipelineSeed, observer, tuner, memory }
  const { node } = source
  return {
    node,
    cardinality: node.cardinality,
    spec: node.spec,
    open: (state, change) => openPlan(runningPlan(source), change === undefined ? run : { ...run, ...change }, state),
    openRandomAccess: (change) => openRandomAccess(node, { ...run, ...change }),
  }
}
