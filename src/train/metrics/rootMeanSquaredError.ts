import { InvalidArgumentError } from '../../core/errors.ts'
import { shapeText } from '../../core/spec.ts'
import type { Metric, Predictions } from './metric.ts'

/**
 * The root of the mean squared difference of outputs and targets, summed in float64
 * (`tf.keras.metrics.RootMeanSquaredError`).
 *
 * @throws InvalidArgumentError where a batch has not one target for each value of the output
 * @example
 * const { metrics } = await evaluate(forecaster, windows, { metrics: { rmse: rootMeanSquaredError() } })
 */
export function rootMeanSquaredError(): Metric<number> {
  let squares = 0
  let count = 0
  return {
    reset() {
      squares = 0
      count = 0
    },
    update({ output, shape, targets }: Predictions) {
      const wanted = targets.data as ArrayLike<number | bigint>
      if (wanted.length !== output.length) {
        throw new InvalidArgumentError(
          `rootMeanSquaredError: outputs ${shapeText(shape)} and targets ${shapeText(targets.shape)} do not go together.`,
          {
            hint: 'It is for a target to each value of the output; for classes there are accuracy and confusionMatrix.',
          },
        )
      }
      output.forEach((value, i) => (squares += (value - Number(wanted[i])) ** 2))
      count += output.length
    },
    result: () => Math.sqrt(squares / count),
  }
}
