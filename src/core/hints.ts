import type { Cursor } from './cursor.ts'
import type { RunOptions } from './runOptions.ts'
import type { Spec } from './spec.ts'
import type { Stage, StageContext, Upstream } from './stage.ts'
import type { State } from './state.ts'
import type { ElementFunction } from './userFunction.ts'

/**
 * What the optimizer may know of a stage beside its name and arguments. A rewrite changes neither elements nor state:
 * a state that the plan as written saved can be restored by the plan as it runs, and the reverse.
 */
export interface Hints<in In = never, out Out = unknown> {
  /** It changes nothing: its state is the upstream's. */
  readonly noOp?: true
  /** It hands on the elements as they are and never looks into them: other things may stand in for them. */
  readonly transparent?: true
  /** It applies this function to one element after the other. */
  readonly maps?: ElementFunction<In, Out>
  /** It applies a function in worker threads, which may stack the results too. */
  readonly mapsInWorkers?: WorkerMaps<In>
  /** It stacks elements, and does nothing else. */
  readonly batches?: Batching<In, Out>
  /** It fills a buffer before it gives anything, and empties it at the end. */
  readonly buffers?: true
  /** What its elements are, where they are the numbers of such a sequence. */
  readonly numbers?: Numbers
  /** What stands for it and a source of such numbers before it, which it need not read one by one. */
  readonly overNumbers?: (numbers: Numbers, source: Stage) => Pick<Stage, 'name' | 'open'>
  /** It passes over its input so often; the stage that does so and begins each pass before the last one is over. */
  readonly repeats?: { readonly ahead: Stage<In, Out> }
  /** It reads its input by index: the input is run as it was written. */
  readonly byIndex?: true
  /** What it sets for the whole run. */
  readonly options?: RunOptions
  /** How its elements are made of something smaller, with the same state. */
  readonly madeOf?: MadeOf<Out>
  /** Makes batches of its elements at once, over its own inputs: with the elements, errors and states of `batch` over it. */
  readonly batched?: (batching: Pick<Batching<Out, unknown>, 'batchSize' | 'dropRemainder'>) => BatchedStage
}

/** `start`, and each number `step` more than the one before. */
export interface Numbers {
  readonly start: number
  readonly step: number
  readonly length: number
}

/** How a map that runs in workers gives batches of its results. */
export interface WorkerMaps<in In> {
  /**
   * Opens a cursor that gives batches, with the state of the map.
   *
   * @param context that of the map
   * @param how the path of the stage that stacks, and how many elements
   */
  openBatches(
    upstream: Upstream<In>,
    context: StageContext,
    how: { readonly path: string; readonly batchSize: number; readonly dropRemainder: boolean },
    state?: State,
  ): Cursor<unknown>
}

/** What stands for a stage and the batch after it. */
export type BatchedStage = Pick<Stage<unknown>, 'name' | 'open'>

/** How a stage stacks elements. */
export interface Batching<in In, out Out> {
  readonly batchSize: number
  readonly dropRemainder: boolean
  /**
   * What makes the batches of one cursor, each of rows of which the first one has the index `first`; `spec` is that of
   * one row.
   */
  stacker(spec: Spec | undefined): (rows: readonly In[], first: number) => Out
}

/** Elements as something smaller that stands in for them until they are needed, such as a row by its index. */
export interface MadeOf<out Out, in S = never> {
  /** Gives what stands in for the elements. */
  stage(): Stage
  make(standIn: S): Out
  /** What makes the batches of one cursor, each as `stack` would make it of the elements. */
  batcher(): (standIns: readonly S[]) => unknown
}
