import { checkOptions } from '../../core/checks.ts'
import type { Logs } from '../fitReport.ts'
import type { Callback, TrainContext } from './callback.ts'
import { Monitor, type MonitorOptions } from './monitor.ts'

/**
 * Keeps the checkpoint of the best measure in a file (`tf.keras.callbacks.ModelCheckpoint(save_best_only=True)`). It is
 * a whole checkpoint: `loadWeights` takes its weights, and a run can go on from it. Which value is the best is in the
 * run's checkpoints, so that a resumed run does not put a worse one in its place.
 *
 * @param path the file; it appears whole, in place of the one before, and its folder is made
 * @throws InvalidArgumentError from `fit`, where a measure of validation is monitored and there is no validation
 * @example
 * await fit(model, batches, { validation, checkpoint: 'last.safetensors', callbacks: [keepBest('best.safetensors')] })
 */
export function keepBest(path: string, options: MonitorOptions = {}): Callback {
  checkOptions('keepBest', options, ['monitor', 'mode', 'minDelta'])
  const monitor = new Monitor('keepBest', options)
  const look = (logs: Logs, context: TrainContext): void => {
    if (monitor.isBest(logs)) context.requestCheckpoint(path)
  }
  return {
    onTrainBegin: (context) => monitor.check(context),
    onValidationEnd({ logs }, context) {
      if (monitor.ofValidation) look(logs, context)
    },
    onEpochEnd({ logs }, context) {
      if (!monitor.ofValidation) look(logs, context)
    },
    save: () => ({ values: { best: monitor.best ?? null } }),
    restore({ values }) {
      monitor.best = (values as { best: number | null }).best ?? undefined
    },
  }
}
