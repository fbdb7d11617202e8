import { checkCount } from '../../core/checks.ts'
import { InvalidArgumentError } from '../../core/errors.ts'
import { NdArray } from '../../ndarray/ndarray.ts'
import { classesOf, type Metric, type Predictions } from './metric.ts'

/**
 * How often each class was taken for each (`tf.math.confusion_matrix`): row the label, column the class told.
 *
 * @param classes how many there are
 * @returns a metric whose result is int32 [classes, classes]
 * @example
 * const { metrics } = await evaluate(model, test, { metrics: { confusion: confusionMatrix(10) } })
 */
export function confusionMatrix(classes: number): Metric<NdArray<'int32'>> {
  checkCount('confusionMatrix', 'classes', classes, { min: 1 })
  const counts = new Int32Array(classes * classes)
  return {
    reset() {
      counts.fill(0)
    },
    update(predictions: Predictions) {
      const labels = predictions.targets.data as ArrayLike<number | bigint>
      classesOf(predictions).forEach((found, i) => {
        const label = Number(labels[i])
        const wrong = [label, found].find((one) => !(one >= 0 && one < classes))
        if (wrong !== undefined) {
          throw new InvalidArgumentError(`confusionMatrix: there is no class ${wrong} among ${classes}.`)
        }
        counts[label * classes + found]++
      })
    },
    result: () => new NdArray('int32', [classes, classes], counts.slice()),
  }
}
