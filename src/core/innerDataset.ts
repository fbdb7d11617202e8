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
  checkDepth(path, index)
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

/** Datasets within datasets, as the folders of a tree may be; more are taken for a recursion that never ends. */
const deepest = 100

/** Refuses a function that returns the dataset which it is a part of, before the stack or the memory is full of it. */
function checkDepth(path: string, index: number): void {
  // Counting takes longer than opening; no path of that many is shorter.
  if (path.length < 10 * deepest) return
  const levels = path.split(' > ')
  if (levels.length <= deepest) return
  const shown = `${levels.slice(0, 2).join(' > ')} > ...`
  throw new InvalidArgumentError(`${shown}: datasets are nested more than ${deepest} deep.`, {
    path: shown,
    index,
    hint: 'Does the function return the dataset that it is a part of?',
  })
}
