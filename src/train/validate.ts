import type * as tf from '@tensorflow/tfjs'
import type { Dataset } from '../dataset/dataset.ts'
import { evaluate } from './evaluate.ts'
import type { FitOptions } from './fitOptions.ts'
import type { ValidationReport } from './fitReport.ts'

/** Evaluates a model in a run of `fit`, and names what it measured for callbacks. */
export async function validate<T>(
  model: tf.LayersModel,
  dataset: Dataset<T>,
  { inputs, targets, validationMetrics = {} }: FitOptions<T>,
  step: number,
  epoch: number,
): Promise<ValidationReport> {
  const { loss, accuracy, metrics } = await evaluate(model, dataset, {
    ...(inputs === undefined ? {} : { inputs }),
    ...(targets === undefined ? {} : { targets }),
    metrics: validationMetrics,
  })
  const numbers = Object.entries({ loss, accuracy, ...metrics }).filter(([, value]) => typeof value === 'number')
  const logs = Object.fromEntries(numbers.map(([name, value]) => [`val${capital(name)}`, value as number]))
  return { step, epoch, loss, ...(accuracy === undefined ? {} : { accuracy }), logs, metrics }
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
