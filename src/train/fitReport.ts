/** What one step measured. */
export interface StepReport {
  /** Steps done, this one included. */
  readonly step: number
  /** Zero-based number of the pass over the data. */
  readonly epoch: number
  /** Mean over the batch, regularization included. */
  readonly loss: number
  /** From 0 to 1; undefined where the model was compiled without it. */
  readonly accuracy: number | undefined
  /** Since this run began. */
  readonly examplesPerSecond: number
  /** Time spent waiting for data as a share of all the time since this run began, from 0 to 1. */
  readonly waitingShare: number
}

/** A measure in a run's history. */
export interface HistoryPoint {
  readonly step: number
  readonly loss: number
  readonly accuracy?: number
}

/** What a run came to. */
export interface FitResult {
  /** Steps done, those before a resumed start included. */
  readonly step: number
  readonly training: readonly HistoryPoint[]
  readonly validation: readonly HistoryPoint[]
  /** True where the signal ended the run before its time. */
  readonly interrupted: boolean
  readonly examplesPerSecond: number
  readonly waitingShare: number
  /** Of this run alone: training steps, without evaluation. */
  readonly secondsTraining: number
  /** Median milliseconds of a step, without waiting for data. */
  readonly stepMs: number
}
