import * as tf from '@tensorflow/tfjs'
import type { Dataset, NdArray } from 'millrace'
import type { Row } from './recordSet.ts'

/** A picture that was read wrongly. */
export interface Misread {
  readonly path: string
  readonly truth: number
  readonly guess: number
  /** How sure the model was, from 0 to 1. */
  readonly confidence: number
}

/** What a model made of pictures. */
export interface HeadTest {
  /** From 0 to 1. */
  readonly accuracy: number
  /** Mean cross-entropy in nats. */
  readonly loss: number
  /** Row: what they are, column: what they were taken for. */
  readonly confusion: readonly (readonly number[])[]
  /** The surest mistakes first. */
  readonly misread: readonly Misread[]
}

/**
 * Lets a model tell the classes of pictures by their features, one or several views of each: the means of what it makes
 * of them decide.
 *
 * @param views the same pictures in the same order, such as plain and mirrored
 */
export async function testHead(
  model: tf.LayersModel,
  views: readonly Dataset<Row>[],
  batch: number,
): Promise<HeadTest> {
  const classes = model.outputs[0].shape[1] ?? 0
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  const misread: Misread[] = []
  let [nats, right, pictures] = [0, 0, 0]
  const sums = await Promise.all(views.map((view) => predict(model, view, batch)))
  for (const [i, { label, path }] of sums[0].entries()) {
    const scores = sums[0][i].scores.map((_, at) => mean(sums.map((view) => view[i].scores[at])))
    const confidence = Math.max(...scores)
    const guess = scores.indexOf(confidence)
    confusion[label][guess]++
    nats -= Math.log(Math.max(scores[label], 1e-12))
    pictures++
    if (guess === label) right++
    else misread.push({ path, truth: label, guess, confidence })
  }
  misread.sort((a, b) => b.confidence - a.confidence)
  return { accuracy: right / pictures, loss: nats / pictures, confusion, misread }
}

interface Predicted {
  readonly label: number
  readonly path: string
  readonly scores: readonly number[]
}

async function predict(model: tf.LayersModel, rows: Dataset<Row>, batch: number): Promise<Predicted[]> {
  const predicted: Predicted[] = []
  for await (const { values, label, path } of rows.batch(batch) as unknown as Dataset<Record<keyof Row, NdArray>>) {
    const output = tf.tidy(
      () => model.predict(tf.tensor(values.data as Float32Array, [...values.shape])) as tf.Tensor2D,
    )
    const scores = await output.array()
    output.dispose()
    scores.forEach((row, i) => {
      predicted.push({ label: Number(label.data[i]), path: String(path.data[i]), scores: row })
    })
  }
  return predicted
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
