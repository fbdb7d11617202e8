import type * as tf from '@tensorflow/tfjs'
import type { Json } from '../../core/state.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { EpochReport, FitResult, StepReport, ValidationReport } from '../fitReport.ts'

/** What a callback sees of the run, and may ask of it. */
export interface TrainContext {
  readonly model: tf.LayersModel
  /** Steps done. */
  readonly step: number
  /** Zero-based number of the pass. */
  readonly epoch: number
  /** Whether the run has a validation. */
  readonly validates: boolean
  /** Ends the run after what is being done; the reason is `stopped` of the result. */
  stop(reason: string): void
  /** Asks for a checkpoint in this file, written as soon as all callbacks have heard of what just happened. */
  requestCheckpoint(path: string): void
}

/** What a callback wants back when a run is resumed. */
export interface CallbackState {
  readonly values: Json
  readonly tensors?: ReadonlyMap<string, NdArray>
}

type Hook<A extends readonly unknown[]> = (...args: A) => void | Promise<void>

/**
 * Is told how a run goes, as `tf.keras.callbacks.Callback`; `fit` waits for each. A hook that throws ends the run with
 * its error.
 *
 * @example
 * const callback: Callback = { onEpochEnd: ({ epoch, logs }) => console.log(epoch, logs.loss) }
 */
export interface Callback {
  readonly onTrainBegin?: Hook<[context: TrainContext]>
  /** Not told of a pass that a resumed run is in the midst of. */
  readonly onEpochBegin?: Hook<[epoch: number, context: TrainContext]>
  readonly onBatchEnd?: Hook<[report: StepReport, context: TrainContext]>
  readonly onValidationEnd?: Hook<[report: ValidationReport, context: TrainContext]>
  /** After the validation at the end of the pass, if there is one. */
  readonly onEpochEnd?: Hook<[report: EpochReport, context: TrainContext]>
  /** Where the run ended without an error, an interruption among the ways. */
  readonly onTrainEnd?: Hook<[result: FitResult, context: TrainContext]>
  /** However the run ended: lets go of files and the like. */
  readonly close?: Hook<[]>
  /** Its state for a checkpoint. */
  readonly save?: () => CallbackState
  /** Called before `onTrainBegin` of a resumed run. */
  readonly restore?: (state: CallbackState) => void
}
