import type { Metric, Predictions } from './metric.ts'

/**
 * The root of the mean squared difference of outputs and targets, summed in float64
 * (`tf.keras.metrics.RootMeanSquaredError`).
 *
 * @example
 * const { metrics } = await evaluate(model, test, { metrics: { rmse: rootMeanSquaredError() } })
 */
export function rootMeanSquaredError(): Metric<number> {
  let squares = 0
  let count = 0
  return {
    reset() {
      squares = 0
      count = 0
    },
    update({ output, targets }: Predictions) {
      const wanted = targets.data as ArrayLike<number | bigint>
      output.forEach((value, i) => (squares += (value - Number(wanted[i])) ** 2))
      count += output.length
    },
    result: () => Math.sqrt(squares / count),
  }
}
