import { type Dataset, NdArray } from 'millrace'
import { FixedLenFeature, tfrecords } from 'millrace/tfrecord'

/** A digit: 28x28x1 pixels from 0 to 1, and which digit it is. */
interface Digit {
  readonly image: NdArray<'float32'>
  readonly label: number
}

/** Batches for training: shuffled, each of the same size. Runs in a worker, so it is named by module and export. */
export function trainingBatches(files: readonly string[], batchSize: number, seed: number) {
  return digits(files).shuffle(20_000, { seed }).map(scale).batch(batchSize, { dropRemainder: true }).prefetch(2)
}

/** Batches of every digit, in the order of the files. */
export function testBatches(files: readonly string[], batchSize: number) {
  return digits(files).map(scale).batch(batchSize)
}

function digits(files: readonly string[]): Dataset<RawDigit> {
  return tfrecords(files, {
    features: { image_raw: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int32') },
  })
}

interface RawDigit {
  readonly image_raw: NdArray<'uint8'>
  readonly label: number
}

function scale({ image_raw: { data, shape }, label }: RawDigit): Digit {
  const pixels = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) pixels[i] = data[i] / 255
  return { image: new NdArray('float32', shape, pixels), label }
}
