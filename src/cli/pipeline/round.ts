import { setImmediate } from 'node:timers/promises'
import { END, FailedPreconditionError, release, type Dataset, type PipelineStats, type Tuning } from '../../index.ts'

/** How far a round goes. */
export interface RoundLimits {
  readonly elements: number
  readonly seconds: number
}

/** What was measured of one round: a pass over a dataset, or its beginning. */
export interface Round {
  readonly elements: number
  /** From the first pull to the last element. */
  readonly seconds: number
  /** From the first pull to the first element. */
  readonly firstMs: number
}

/** A round in which each operation was measured. */
export interface ProfiledRound extends Round {
  readonly stats: PipelineStats
  readonly tuned: Tuning
}

/** Milliseconds after which a loop that never waits lets timers, signals and the bar have their turn. */
const turnMs = 50

/** Milliseconds between two looks at the clock: seldom enough to cost nothing, often enough to end in time. */
const lookMs = 2
/** Elements between them at most, for those that come later may be slower. */
const longestStride = 256

/** Runs a dataset, as fast as it goes. */
export async function runRound(
  dataset: Dataset<unknown>,
  limits: RoundLimits,
  signal: AbortSignal,
  onProgress: (elements: number) => void,
): Promise<Round> {
  await using iterator = dataset.iterator({ signal })
  return await pullAll(iterator, limits, onProgress)
}

/** The same, and measures each operation. */
export async function profileRound(
  dataset: Dataset<unknown>,
  limits: RoundLimits,
  signal: AbortSignal,
  onProgress: (elements: number) => void,
): Promise<ProfiledRound> {
  await using iterator = dataset.iterator({ signal, profile: true })
  const round = await pullAll(iterator, limits, onProgress)
  return { ...round, stats: iterator.stats(), tuned: iterator.tuned() }
}

async function pullAll(
  iterator: ReturnType<Dataset<unknown>['iterator']>,
  limits: RoundLimits,
  onProgress: (elements: number) => void,
): Promise<Round> {
  // Rounds may be so short that none takes its turn.
  await setImmediate()
  const began = performance.now()
  let looked = began
  let turned = began
  let firstMs = 0
  let elements = 0
  // Elements that come at once between two looks at the clock, and the number at which the next look is.
  let stride = 1
  let look = 1
  while (elements < limits.elements) {
    const pulled = iterator.pull()
    const element: unknown = pulled instanceof Promise ? await pulled : pulled
    if (element === END) break
    release(element)
    elements++
    if (elements < look && element === pulled) continue
    const now = performance.now()
    if (elements === 1) firstMs = now - began
    if (now - began >= limits.seconds * 1000) break
    stride = now - looked < lookMs ? Math.min(2 * stride, longestStride) : Math.max(1, stride >> 1)
    looked = now
    look = elements + stride
    if (now - turned < turnMs) continue
    onProgress(elements)
    await setImmediate()
    turned = performance.now()
  }
  const seconds = (performance.now() - began) / 1000
  if (elements === 0) throw new FailedPreconditionError('bench: the pipeline gave no element.')
  return { elements, seconds, firstMs }
}
