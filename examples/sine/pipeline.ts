import { type Dataset, Dataset as Data, ndarray, type NdArray } from 'millrace'

/** Steps of time in a window. */
export const windowSize = 10
/** Between two samples, in radians. */
export const gap = 0.01
/** Windows to train on; those to test on come after them in time. */
export const trainingWindows = 10_000
export const testWindows = 1_000

/** The samples of a window, [10, 1], and the one that comes next. */
export interface SineWindow {
  readonly xs: NdArray<'float32', 2>
  readonly ys: number
}

/** Batches for training, in an endless stream. Runs in a worker, so it is named by module and export. */
export function trainingBatches(batchSize: number, seed: number) {
  return sineWindows(0, trainingWindows).repeat().shuffle(1000, { seed }).batch(batchSize).prefetch(2)
}

/** Batches of every test window, in the order of time. */
export function testBatches(batchSize: number) {
  return sineWindows(trainingWindows + windowSize, testWindows).batch(batchSize)
}

/** `count` windows of the sine, each one sample later than the last. */
function sineWindows(first: number, count: number): Dataset<SineWindow> {
  return Data.range(first, first + count + windowSize)
    .map((i) => Math.sin(i * gap))
    .slidingBatch(windowSize + 1, { shift: 1, dropRemainder: true })
    .map(({ data }) => ({
      xs: ndarray(Float32Array.from(data.subarray(0, windowSize)), [windowSize, 1]),
      ys: data[windowSize],
    }))
}
