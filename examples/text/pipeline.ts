import { Dataset, ndarray, type NdArray } from 'millrace'
import { encodeLine } from './codes.ts'

/** Characters of a window, at most; the next window of a line begins so many later. */
const windowSize = 48
const windowShift = 32

/** A window of a line: the codes of its characters but the last, and of those that follow each. */
export interface TextWindow {
  readonly xs: NdArray<'int32', 1>
  readonly ys: NdArray<'int32', 1>
}

/**
 * Padded batches for training: windows of like length lie together, and each batch is as long as its longest. Runs in a
 * worker, so it is named by module and export.
 */
export function trainingBatches(files: readonly string[], batchSize: number, seed: number) {
  return parts(files)
    .train.shuffle(2000, { seed })
    .bucketBySequenceLength({
      elementLengthFunc: ({ xs }) => xs.size,
      bucketBoundaries: [16, 32, windowSize - 1],
      bucketBatchSizes: [batchSize, batchSize, batchSize, batchSize],
    })
    .prefetch(2)
}

/** Padded batches of the windows that are held back. */
export function testBatches(files: readonly string[], batchSize: number) {
  return parts(files).test.paddedBatch(batchSize)
}

function parts(files: readonly string[]) {
  // By line, not by window: windows of a line overlap.
  const { train, test } = Dataset.textLines(files)
    .filter((line) => line.trim() !== '')
    .split({ train: 0.9, test: 0.1 }, { key: (line) => line, seed: 7 })
  return { train: train.flatMap(windows), test: test.flatMap(windows) }
}

/** The windows of a line; the last one is as short as the line leaves it. */
function windows(line: string): Dataset<TextWindow> {
  return Dataset.fromTensorSlices(ndarray(Int32Array.from(encodeLine(line))))
    .slidingBatch(windowSize, { shift: windowShift })
    .filter((codes) => codes.size > 1)
    .map((codes) => ({
      xs: ndarray(codes.data.slice(0, -1) as Int32Array),
      ys: ndarray(codes.data.slice(1) as Int32Array),
    }))
}
