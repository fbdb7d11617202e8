import { AssertionError } from 'node:assert'
import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { isEnd } from '../core/cursor.ts'
import { release } from '../core/lease.ts'
import { Dataset } from '../dataset/dataset.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'
import { copyElement } from '../ndarray/copyElement.ts'
import { difference } from './difference.ts'

/** Options of `checkResume`. */
export interface ResumeOptions {
  /** Elements to compare; 100 by default. They are kept in memory. */
  readonly limit?: number
  /** A cut after every how many elements; 1, after each, by default. Each costs a run over the elements after it. */
  readonly every?: number
  /** The pass to cut; 0 by default. */
  readonly epoch?: number
  /** The dataset to go on with: `dataset` by default, or the same with other settings, such as more workers. */
  readonly resumed?: Dataset<unknown>
}

/**
 * Checks that an iteration can be cut anywhere: that what a saved state goes on with is exactly what was still to come.
 * A state goes through JSON, as through a file; half-way on, each resumed run is cut once more.
 *
 * @returns how many cuts were tried
 *
 * @example
 * checkResume(Dataset.range(20).shuffle(8, { seed: 1 }).batch(3)) // 8
 * @throws AssertionError naming the cut, the element and the first value that differs
 */
export async function checkResume(dataset: Dataset<unknown>, options: ResumeOptions = {}): Promise<number> {
  if (!(dataset instanceof Dataset)) throw wrongArgument('checkResume', 'dataset', 'a Dataset', dataset)
  checkOptions('checkResume', options, ['limit', 'every', 'epoch', 'resumed'])
  const limit = checkCount('checkResume', 'limit', options.limit ?? 100, { min: 1 })
  const every = checkCount('checkResume', 'every', options.every ?? 1, { min: 1 })
  const epoch = checkCount('checkResume', 'epoch', options.epoch ?? 0)
  const resumed = options.resumed ?? dataset
  if (!(resumed instanceof Dataset)) throw wrongArgument('checkResume', 'resumed', 'a Dataset', resumed)
  const { elements, states, whole } = await run(dataset, { limit, every, epoch })
  for (const [cut, state] of states) {
    const half = cut + Math.ceil((elements.length - cut) / 2)
    const again = await follow(resumed, state, elements, {
      from: cut,
      whole,
      saveAt: half,
      cut: `after element ${cut}`,
    })
    const second = `after element ${cut} and again after ${half}`
    if (again !== undefined) await follow(resumed, again, elements, { from: half, whole, cut: second })
  }
  return states.size
}

/** What an uninterrupted run gives, and its states by the number of elements before them. */
interface Uninterrupted {
  readonly elements: readonly unknown[]
  readonly states: ReadonlyMap<number, IteratorState>
  /** Whether it ended within the limit. */
  readonly whole: boolean
}

async function run(
  dataset: Dataset<unknown>,
  { limit, every, epoch }: { readonly limit: number; readonly every: number; readonly epoch: number },
): Promise<Uninterrupted> {
  const elements: unknown[] = []
  const states = new Map<number, IteratorState>()
  await using iterator = dataset.iterator({ epoch })
  for (;;) {
    if (elements.length % every === 0) states.set(elements.length, iterator.save())
    if (elements.length === limit) return { elements, states, whole: false }
    const element = await iterator.pull()
    if (isEnd(element)) return { elements, states, whole: true }
    elements.push(copyElement(element))
    release(element)
  }
}

interface Following {
  /** Elements before the cut. */
  readonly from: number
  readonly whole: boolean
  /** Elements before a second cut; none where it is left out. */
  readonly saveAt?: number
  /** The cut as messages name it. */
  readonly cut: string
}

/** Goes on from a state and compares; gives the state of the second cut. */
async function follow(
  dataset: Dataset<unknown>,
  state: IteratorState,
  elements: readonly unknown[],
  { from, whole, saveAt, cut }: Following,
): Promise<IteratorState | undefined> {
  let saved: IteratorState | undefined
  await using iterator = dataset.iterator({ state: JSON.parse(JSON.stringify(state)) as IteratorState })
  for (let index = from; ; index++) {
    if (index === saveAt) saved = iterator.save()
    if (index === elements.length && !whole) return saved
    const element = await iterator.pull()
    const ended = index === elements.length
    if (isEnd(element) || ended) {
      if (isEnd(element) && ended) return saved
      const message = ended ? 'goes on after the end' : `ends before element ${index}`
      const expected = ended ? undefined : elements[index]
      throw new AssertionError({ message: `checkResume: a run cut ${cut} ${message}.`, actual: element, expected })
    }
    const differs = difference(element, elements[index])
    if (differs !== undefined) {
      const message = `checkResume: a run cut ${cut} goes on with another element ${index}: ${differs}.`
      throw new AssertionError({ message, actual: element, expected: elements[index] })
    }
    release(element)
  }
}
