import { dirname } from 'node:path'
import type * as tf from '@tensorflow/tfjs'
import { checkCount, checkOptions, checkSignal } from '../core/checks.ts'
import type { Dataset } from '../dataset/dataset.ts'
import { makeFolder } from '../files/makeFolder.ts'
import { checkCallbacks } from './callbacks/checkCallbacks.ts'
import { checkDataset } from './checkDataset.ts'
import { checkCompiled } from './evaluate.ts'
import type { FitOptions } from './fitOptions.ts'
import type { FitResult } from './fitReport.ts'
import { FitRun } from './fitRun.ts'

const optionNames: readonly (keyof FitOptions<unknown>)[] = [
  ...(['inputs', 'targets', 'epochs', 'steps', 'checkpoint', 'checkpointEvery', 'resume', 'callbacks'] as const),
  ...(['validation', 'validationFreq', 'validateEvery', 'validationMetrics'] as const),
  ...(['progress', 'stepsPerEpoch', 'profile', 'signal', 'onStep'] as const),
]
const counts = ['steps', 'checkpointEvery', 'validationFreq', 'validateEvery'] as const

/**
 * Trains a compiled model on the batches of a dataset: one tensor a field a batch, freed after its step.
 *
 * A run that is interrupted and resumed makes the same steps on the same batches as one that is not, where everything
 * random is keyed by seed and step: use `keyedDropout` for dropout, and an optimizer and a schedule of millrace.
 *
 * @param model compiled; with the metric `accuracy`, accuracy is reported
 * @param dataset batches of inputs and targets
 * @example
 * const { training } = await fit(model, batches, { inputs: 'image', targets: 'label', epochs: 2, progress: true })
 * @throws FailedPreconditionError where the model is not compiled, or the checkpoint is of another model or pipeline
 * @throws InvalidArgumentError where the dataset gives no batch, or one that does not fit the model; where a callback has a
 *   hook that there is none of
 * @throws NonFiniteLossError where a loss is NaN or infinite; the step is not made
 */
export async function fit<T>(
  model: tf.LayersModel,
  dataset: Dataset<T>,
  options: FitOptions<T> = {},
): Promise<FitResult> {
  checkOptions('fit', options, optionNames)
  checkCount('fit', 'epochs', options.epochs ?? 1, { min: 1, infinite: true })
  for (const name of counts) {
    const value = options[name]
    if (value !== undefined) checkCount('fit', name, value, { min: 1 })
  }
  checkCallbacks('fit', options.callbacks ?? [])
  checkSignal('fit', options.signal)
  checkDataset('fit', dataset)
  if (options.validation !== undefined) checkDataset('fit', options.validation)
  checkCompiled('fit', model)
  const run = new FitRun(model, dataset, options)
  try {
    if (options.resume === true) await run.resume()
    // A place that cannot be written to is told of before a pass is lost to it.
    else if (options.checkpoint !== undefined) await makeFolder(dirname(options.checkpoint))
    return await run.train()
  } finally {
    await run.close()
  }
}
