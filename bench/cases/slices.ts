import { Dataset, ndarray, release } from 'millrace'
import { pythonSides } from '../python/python.ts'
import type { Case } from '../measure.ts'

const pixels = 784
/** Passes over the pictures in a measurement, as in training: memory is warm after the first. */
const passes = 10

/** B2: 60,000 pictures in memory, shuffled and batched. */
export const slices: Case = {
  name: 'B2 60,000 x 784 uint8 in memory, shuffle(60000), batch(128)',
  element: 'picture',
  async open() {
    const digits = 60_000
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
        { name: 'hand-written gather', run: () => gatherPasses(image.data, label) },
        ...(await pythonSides({ tf_slices: 'tf.data', torch_slices: 'torch DataLoader' }, digits)),
      ],
    }
  },
}

function gatherPasses(image: Uint8Array, label: Int32Array): number {
  let gathered = 0
  for (let pass = 0; pass < passes; pass++) gathered += gather(image, label)
  return gathered
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
