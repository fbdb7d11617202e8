import { classesOf, type Metric, type Predictions } from './metric.ts'

/**
 * The share of class numbers that the largest output agrees with (`tf.keras.metrics.SparseCategoricalAccuracy`).
 *
 * @param options `ignoreClass`: a label that counts for nothing, such as padding
 * @example
 * const { metrics } = await evaluate(model, test, { metrics: { accuracy: accuracy() } })
 */
export function accuracy(options: { readonly ignoreClass?: number } = {}): Metric<number> {
  let right = 0
  let count = 0
  return {
    reset() {
      right = 0
      count = 0
    },
    update(predictions: Predictions) {
      const labels = predictions.targets.data as ArrayLike<number | bigint>
      classesOf(predictions).forEach((found, i) => {
        const label = Number(labels[i])
        if (label === options.ignoreClass) return
        count++
        if (label === found) right++
      })
    },
    result: () => right / count,
  }
}
