import * as tf from '@tensorflow/tfjs'
import { Dataset, ndarray, release, type NdArray } from 'millrace'
import { pythonSides } from '../python/python.ts'
import type { Case } from '../measure.ts'

const digits = 60_000
const pixels = 784
/** Passes over the pictures in a measurement, as in training: memory is warm after the first. */
const warmPasses = 10

/** B2: 60,000 pictures in memory, shuffled and batched. */
export const slices: Case = {
  name: 'B2 60,000 x 784 uint8 in memory, shuffle(60000), batch(128)',
  element: 'picture',
  async open(quick) {
    const passes = quick ? 1 : warmPasses
    const image = ndarray(
      Uint8Array.from({ length: digits * pixels }, (_, i) => i),
      [digits, pixels],
    )
    const label = Int32Array.from({ length: digits }, (_, i) => i % 10)
    const shuffled = Dataset.fromTensorSlices({ image, label }).shuffle(digits, { seed: 1 }).batch(128)
    return {
      sides: [
        {
          name: 'millrace',
          async run() {
            for (let pass = 0; pass < passes; pass++) await shuffled.forEach(release)
            return passes * digits
          },
        },
        {
          name: 'millrace, batches that are kept',
          async run() {
            for (let pass = 0; pass < passes; pass++) await shuffled.forEach(() => undefined)
            return passes * digits
          },
        },
        { name: 'hand-written gather', run: () => gatherPasses(image.data, label, passes) },
        { name: 'raw limit: copy the bytes in their order', run: () => copyPasses(image.data, passes) },
        { name: 'tfjs-data, 6,000 of them', run: tfjsData(image, label, quick ? 600 : 6_000) },
        ...(await pythonSides(
          { tf_slices: 'tf.data', torch_slices: 'torch DataLoader', grain_slices: 'Grain' },
          digits,
        )),
      ],
    }
  },
}

function gatherPasses(image: Uint8Array, label: Int32Array, passes: number): number {
  let gathered = 0
  for (let pass = 0; pass < passes; pass++) gathered += gather(image, label)
  return gathered
}

function copyPasses(image: Uint8Array, passes: number): number {
  for (let pass = 0; pass < passes; pass++) {
    for (let start = 0; start < digits; start += 128) image.slice(start * pixels, (start + 128) * pixels)
  }
  return passes * digits
}

/** Fewer pictures, for it takes them as objects; what it costs a picture does not depend on how many there are. */
function tfjsData(image: NdArray<'uint8'>, label: Int32Array, few: number): () => Promise<number> {
  const elements = Array.from({ length: few }, (_, i) => ({ image: image.slice(i, i + 1).data, label: label[i] }))
  const batches = tf.data.array(elements).shuffle(few, '1').batch(128)
  return async () => {
    await batches.forEachAsync((batch) => tf.dispose(batch))
    return few
  }
}

/** The least that must be done: a permutation, and a copy of each picture and label to its place. */
function gather(image: Uint8Array, label: Int32Array): number {
  const order = Int32Array.from(label.keys())
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  for (let start = 0; start < order.length; start += 128) {
    const rows = order.subarray(start, start + 128)
    const images = new Uint8Array(rows.length * pixels)
    const labels = new Int32Array(rows.length)
    rows.forEach((row, i) => {
      images.set(image.subarray(row * pixels, (row + 1) * pixels), i * pixels)
      labels[i] = label[row]
    })
  }
  return order.length
}
