import * as tf from '@tensorflow/tfjs'
import { checkOptions } from '../core/checks.ts'
import { isEnd } from '../core/cursor.ts'
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts'
import { release } from '../core/lease.ts'
import type { Dataset } from '../dataset/dataset.ts'
import { checkBatch } from './checkBatch.ts'
import { checkDataset } from './checkDataset.ts'
import type { Metric, MetricResults } from './metrics/metric.ts'
import { fieldsOf, supervise, type SupervisionOptions } from './supervision.ts'
import { testStep } from './trainStep.ts'

/** Metrics by names of the caller's. */
export type Metrics = Readonly<Record<string, Metric<unknown>>>

/** Options of `evaluate`. */
export interface EvaluateOptions<T, M extends Metrics = Metrics> extends SupervisionOptions<T> {
  /** What to measure beside the loss and the model's own metrics, as in `{ confusion: confusionMatrix(10) }`. */
  readonly metrics?: M
  /** Ends it with a CancelledError. */
  readonly signal?: AbortSignal
}

/** Means over the examples of an evaluation. */
export interface Evaluation<M extends Metrics = Metrics> {
  readonly loss: number
  /** From 0 to 1; undefined where the model was compiled without the metric `accuracy`. */
  readonly accuracy: number | undefined
  readonly examples: number
  /** What the option `metrics` asked for. */
  readonly metrics: MetricResults<M>
}

/**
 * The loss and accuracy of a compiled model over all batches of a dataset, and other metrics.
 *
 * @throws InvalidArgumentError where the dataset gives no batch, or one that does not fit the model
 * @example
 * const { accuracy } = await evaluate(model, test, { inputs: 'image', targets: 'label' })
 */
export async function evaluate<T, M extends Metrics = Record<string, never>>(
  model: tf.LayersModel,
  dataset: Dataset<T>,
  options: EvaluateOptions<T, M> = {},
): Promise<Evaluation<M>> {
  checkOptions('evaluate', options, ['inputs', 'targets', 'metrics', 'signal'])
  checkDataset('evaluate', dataset)
  checkCompiled('evaluate', model)
  const { signal, metrics = {} as M } = options
  const collected: Metric<unknown>[] = Object.values(metrics)
  for (const metric of collected) metric.reset()
  const place = accuracyPlace(model)
  let [loss, accuracy, examples] = [0, 0, 0]
  const iterator = dataset.iterator({ epoch: 0, ...(signal === undefined ? {} : { signal }) })
  try {
    for (let batch = await iterator.pull(); !isEnd(batch); batch = await iterator.pull()) {
      const fields = fieldsOf(batch, options)
      checkBatch(model, fields)
      const tensors = supervise(fields)
      try {
        const measured = testStep(model, tensors, (output) => {
          if (collected.length === 0) return
          const predictions = { output: output.dataSync<'float32'>(), shape: output.shape, targets: fields.targets }
          for (const metric of collected) metric.update(predictions)
        })
        loss += measured[0] * fields.examples
        accuracy += (measured.at(place) ?? 0) * fields.examples
        examples += fields.examples
      } finally {
        tf.dispose([...tensors.xs, tensors.ys])
        release(batch)
      }
    }
  } finally {
    await iterator.return()
  }
  if (examples === 0) throw noBatch('evaluate')
  const results = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric.result()]))
  return {
    loss: loss / examples,
    accuracy: place === -1 ? undefined : accuracy / examples,
    examples,
    metrics: results as MetricResults<M>,
  }
}

/** Where the accuracy stands among the measures of a step; -1 where it is not measured. */
export function accuracyPlace(model: tf.LayersModel): number {
  return model.metricsNames.findIndex((name) => name === 'acc' || name === 'accuracy')
}

/** Refuses a model that was not compiled. */
export function checkCompiled(operation: string, model: tf.LayersModel): void {
  if ((model as { optimizer?: unknown }).optimizer !== undefined) return
  throw new FailedPreconditionError(`${operation}: the model is not compiled.`, { hint: 'Call model.compile first.' })
}

/** The error for a dataset without a batch. */
export function noBatch(operation: string): InvalidArgumentError {
  return new InvalidArgumentError(`${operation}: the dataset gave no batch.`, {
    hint: 'Is it empty, or are there fewer elements than a batch of dropRemainder wants?',
  })
}
