import type { Dataset } from '../dataset/dataset.ts'
import type { Callback } from './callbacks/callback.ts'
import type { Metrics } from './evaluate.ts'
import type { StepReport } from './fitReport.ts'
import type { Progress } from './progress.ts'
import type { SupervisionOptions } from './supervision.ts'

/** Options of `fit`. */
export interface FitOptions<T> extends SupervisionOptions<T> {
  /** Passes over the data; 1 by default. */
  readonly epochs?: number
  /** Ends the run after so many steps in all, those before a resumed start included; by default the data decides. */
  readonly steps?: number
  /** Evaluated after each pass, and at the end of the run. */
  readonly validation?: Dataset<T>
  /** Passes between two validations (`validation_freq` of Keras); 1 by default. */
  readonly validationFreq?: number
  /** Steps between two validations within a pass; none by default. */
  readonly validateEvery?: number
  /** What a validation measures beside loss and accuracy, as in `{ rmse: rootMeanSquaredError() }`. */
  readonly validationMetrics?: Metrics
  /** File to save to at the end of each pass, at an interruption, and every `checkpointEvery` steps. Its folder is made. */
  readonly checkpoint?: string
  /** Steps between two checkpoints within a pass; none by default. */
  readonly checkpointEvery?: number
  /** Goes on from `checkpoint`, with exactly the next batch; false by default. */
  readonly resume?: boolean
  /** Are told how the run goes, in this order: `earlyStopping`, `keepBest`, `tensorBoard`, or some of one's own. */
  readonly callbacks?: readonly Callback[]
  /** Shows a progress bar on standard error, with a stall report after each pass; or something of one's own. */
  readonly progress?: boolean | Progress
  /** Steps of a pass, for the progress bar. */
  readonly stepsPerEpoch?: number
  /** Whether to measure each operation of the pipeline, so that the stall report names the slowest; false by default. */
  readonly profile?: boolean
  /** Ends the run after the step at hand, with a checkpoint. */
  readonly signal?: AbortSignal
  /** Called after each step. */
  readonly onStep?: (report: StepReport) => void
}
