import * as tf from '@tensorflow/tfjs'
import { type Dataset, type NdArray, release } from 'millrace'
import { toTensors } from 'millrace/train'
import type { Digit } from '../pictures/digitSheet.ts'

/** What the model made of the test digits. */
export interface TestResult {
  readonly digits: number
  readonly errors: number
  /** From 0 to 1. */
  readonly accuracy: number
  /** Mean cross-entropy in nats. */
  readonly loss: number
  /** The digits that were misread, the surest mistakes first. */
  readonly misread: readonly Digit[]
}

/** Batches of digits and what they are. */
export type DigitBatches = Dataset<{ readonly image: NdArray; readonly label: NdArray }>

/** Reads every digit of a dataset with the model. */
export async function testModel(model: tf.LayersModel, batches: DigitBatches): Promise<TestResult> {
  let digits = 0
  let nats = 0
  const misread: Digit[] = []
  for await (const batch of batches) {
    const { image } = toTensors({ image: batch.image })
    const predicted = model.predict(image) as tf.Tensor
    const probabilities = await predicted.data()
    tf.dispose([image, predicted])
    const classes = probabilities.length / batch.label.size
    for (let i = 0; i < batch.label.size; i++) {
      const truth = Number(batch.label.data[i])
      const scores = Array.from(probabilities.slice(i * classes, (i + 1) * classes))
      const confidence = Math.max(...scores)
      const guess = scores.indexOf(confidence)
      nats -= Math.log(Math.max(scores[truth], 1e-12))
      if (guess !== truth) misread.push({ pixels: pixelsOf(batch.image, i), truth, guess, confidence })
    }
    digits += batch.label.size
    release(batch)
  }
  const errors = misread.length
  misread.sort((a, b) => b.confidence - a.confidence)
  return { digits, errors, accuracy: 1 - errors / digits, loss: nats / digits, misread }
}

function pixelsOf({ data, size, shape }: NdArray, i: number): Float32Array {
  const pixels = size / shape[0]
  return (data as Float32Array).slice(i * pixels, (i + 1) * pixels)
}
