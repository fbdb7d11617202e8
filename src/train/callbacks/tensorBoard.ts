import { checkCount, checkOptions, checkBoolean } from '../../core/checks.ts'
import type { Logs } from '../fitReport.ts'
import { EventWriter } from '../tensorboard/eventWriter.ts'
import type { Callback, TrainContext } from './callback.ts'

/** Options of `tensorBoard`. */
export interface TensorBoardOptions {
  /** Steps between two values of the training's loss and accuracy; 10 by default. */
  readonly updateFreq?: number
  /** Whether the weights are shown as histograms after each pass; false by default. */
  readonly histograms?: boolean
  /** Called after each pass, to tell more: pictures, say. */
  readonly more?: (writer: EventWriter, context: TrainContext) => void | Promise<void>
}

/**
 * Writes event files for TensorBoard (`tf.keras.callbacks.TensorBoard`): `loss`, `accuracy`, `examples_per_second` and
 * `waiting_share` of steps, what validations and passes measured, and histograms of the weights if wanted. A resumed run
 * begins another file in the same folder, which TensorBoard shows as one run.
 *
 * @param directory where the files go; `tensorboard --logdir` takes it, or the folder above
 * @example
 * await fit(model, batches, { epochs: 4, callbacks: [tensorBoard('runs/mnist/logs', { histograms: true })] })
 */
export function tensorBoard(directory: string, options: TensorBoardOptions = {}): Callback {
  checkOptions('tensorBoard', options, ['updateFreq', 'histograms', 'more'])
  const updateFreq = checkCount('tensorBoard', 'updateFreq', options.updateFreq ?? 10, { min: 1 })
  const histograms = checkBoolean('tensorBoard', 'histograms', options.histograms ?? false)
  let writer: EventWriter | undefined
  const tell = (prefix: string, logs: Logs, step: number): void => {
    for (const [name, value] of Object.entries(logs)) writer?.scalar(`${prefix}${name}`, value, step)
  }
  return {
    async onTrainBegin() {
      writer = await EventWriter.create(directory)
    },
    onBatchEnd({ step, loss, accuracy, examplesPerSecond, waitingShare }) {
      if (step % updateFreq !== 0) return
      tell('', { loss, ...(accuracy === undefined ? {} : { accuracy }) }, step)
      tell('', { examples_per_second: examplesPerSecond, waiting_share: waitingShare }, step)
    },
    async onValidationEnd({ step, logs }) {
      tell('', logs, step)
      await writer?.flush()
    },
    async onEpochEnd({ step, logs }, context) {
      const training = Object.entries(logs).filter(([name]) => !name.startsWith('val'))
      tell('epoch_', Object.fromEntries(training), step)
      if (writer === undefined) return
      if (histograms) await tellWeights(writer, context, step)
      await options.more?.(writer, context)
      await writer.flush()
    },
    async close() {
      await writer?.close()
      writer = undefined
    },
  }
}

async function tellWeights(writer: EventWriter, { model }: TrainContext, step: number): Promise<void> {
  for (const weight of model.weights) writer.histogram(weight.originalName, await weight.read().data(), step)
}
