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

/** Measures by the names that `monitor` takes: loss, accuracy, valLoss, valAccuracy, and val + name for other metrics. */
export type Logs = Readonly<Record<string, number>>

/** What a validation measured. */
export interface ValidationReport extends HistoryPoint {
  readonly epoch: number
  /** valLoss, valAccuracy, and the numbers among `validationMetrics`. */
  readonly logs: Logs
  /** What `validationMetrics` came to, by name. */
  readonly metrics: Readonly<Record<string, unknown>>
}

/** What a pass over the data came to, and what it waited for. */
export interface EpochReport {
  /** Zero-based. */
  readonly epoch: number
  /** Steps done by its end, and those of this pass. */
  readonly step: number
  readonly steps: number
  readonly examples: number
  /** Means of the pass, loss and accuracy, and what the validation at its end measured. */
  readonly logs: Logs
  /** Seconds of training in this process, without validation. */
  readonly seconds: number
  /** Of these, seconds spent waiting for data. */
  readonly secondsWaiting: number
  /** The same as a share, from 0 to 1. */
  readonly waitingShare: number
  /** The longest wait in milliseconds, and the step that it came before. */
  readonly longestWaitMs: number
  readonly longestWaitStep: number
  /** With the option `profile`, the sentence that names what slows the pipeline down. */
  readonly bottleneck?: string
}

/** What a run came to. */
export interface FitResult {
  /** Steps done, those before a resumed start included. */
  readonly step: number
  readonly training: readonly HistoryPoint[]
  readonly validation: readonly HistoryPoint[]
  /** The passes that ended. */
  readonly epochs: readonly EpochReport[]
  /** True where the signal ended the run before its time. */
  readonly interrupted: boolean
  /** Why a callback ended the run, where one did. */
  readonly stopped?: string
  readonly examplesPerSecond: number
  readonly waitingShare: number
  /** Of this run alone: training steps, without evaluation. */
  readonly secondsTraining: number
  /** Median milliseconds of a step, without waiting for data. */
  readonly stepMs: number
}

/** The stall report of a pass in one line, as `epoch 1: 600 steps in 87.0 s, 0.2% of it waiting for data (...)`. */
export function epochText(report: EpochReport): string {
  const { epoch, steps, logs, seconds, secondsWaiting, waitingShare, longestWaitMs, longestWaitStep } = report
  const measures = Object.entries(logs).map(([name, value]) => `${name} ${value.toFixed(4)}`)
  const longest = `longest ${longestWaitMs.toFixed(0)} ms before step ${longestWaitStep}`
  const waiting = `${(waitingShare * 100).toFixed(1)}% of it waiting for data (${secondsWaiting.toFixed(2)} s, ${longest})`
  const sentence = report.bottleneck === undefined ? '' : `. ${report.bottleneck}`
  return `epoch ${epoch + 1}: ${steps} steps in ${seconds.toFixed(1)} s, ${waiting}; ${measures.join(', ')}${sentence}`
}
