import * as tf from '@tensorflow/tfjs'
import { Dataset } from 'millrace'
import { decodeCodes, lineEnd, lineStart } from './codes.ts'

/** How lines are written. */
export interface WritingOptions {
  readonly count: number
  /** Characters of a line, at most. */
  readonly longest: number
  /** Below 1 the likelier characters are preferred. */
  readonly temperature: number
  readonly seed: number
}

/** Lets the model write lines, each character drawn from what it finds likely; the same ones for the same seed. */
export async function writeLines(
  model: tf.LayersModel,
  { count, longest, temperature, seed }: WritingOptions,
): Promise<string[]> {
  const draws = await Dataset.random({ seed })
    .take(count * longest)
    .toArray()
  const lines: string[] = []
  for (let line = 0; line < count; line++) {
    const codes = [lineStart]
    while (codes.length < longest && codes[codes.length - 1] !== lineEnd) {
      const draw = draws[line * longest + codes.length] / 2 ** 32
      codes.push(drawn(await nextShares(model, codes, temperature), draw))
    }
    lines.push(decodeCodes(codes))
  }
  return lines
}

/** How likely each code is to come next. */
async function nextShares(model: tf.LayersModel, codes: readonly number[], temperature: number): Promise<Float32Array> {
  const shares = tf.tidy(() => {
    const output = model.predict(tf.tensor2d([[...codes]], [1, codes.length], 'int32')) as tf.Tensor3D
    return output
      .slice([0, codes.length - 1])
      .flatten()
      .log()
      .div(temperature)
      .softmax()
  })
  try {
    return await shares.data<'float32'>()
  } finally {
    shares.dispose()
  }
}

/** The code that a uniform number from 0 to 1 falls on. */
function drawn(shares: Float32Array, uniform: number): number {
  let sum = 0
  const code = shares.findIndex((share) => (sum += share) > uniform)
  return code === -1 ? shares.length - 1 : code
}
