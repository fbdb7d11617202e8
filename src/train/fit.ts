import type * as tf from '@tensorflow/tfjs'
import { checkCount, checkOptions } from '../core/checks.ts'
import { FailedPreconditionError } from '../core/errors.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { FitOptions } from './fitOptions.ts'
import type { FitResult } from './fitReport.ts'
import { FitRun } from './fitRun.ts'

const optionNames: readonly (keyof FitOptions<unknown>)[] = [
  ...(['inputs', 'targets', 'epochs', 'steps', 'validation', 'checkpoint', 'checkpointEvery', 'resume'] as const),
  ...(['progress', 'stepsPerEpoch', 'signal', 'onStep'] as const),
]

/**
 * Trains a compiled model on the batches of a dataset: one tensor a field a batch, freed after its step.
 *
 * A run that is interrupted and resumed makes the same steps on the same batches as one that is not, where everything
 * random is keyed by seed and step: use `keyedDropout` for dropout.
 *
 * @param model compiled; with the metric `accuracy`, accuracy is reported
 * @param dataset batches of inputs and targets
 * @example
 * const { training } = await fit(model, batches, { inputs: 'image', targets: 'label', epochs: 2, progress: true })
 * @throws FailedPreconditionError where the model is not compiled, or the checkpoint is of another model or pipeline
 */
export async function fit<T>(
  model: tf.LayersModel,
  dataset: Dataset<T>,
  options: FitOptions<T> = {},
): Promise<FitResult> {
  checkOptions('fit', options, optionNames)
  checkCount('fit', 'epochs', options.epochs ?? 1, { min: 1, infinite: true })
  if (options.steps !== undefined) checkCount('fit', 'steps', options.steps, { min: 1 })
  if (options.checkpointEvery !== undefined) checkCount('fit', 'checkpointEvery', options.checkpointEvery, { min: 1 })
  if ((model as { optimizer?: unknown }).optimizer === undefined) {
    throw new FailedPreconditionError('fit: the model is not compiled.', { hint: 'Call model.compile first.' })
  }
  const run = new FitRun(model, dataset, options)
  try {
    if (options.resume === true) await run.resume()
    return await run.train()
  } finally {
    run.stop()
  }
}
