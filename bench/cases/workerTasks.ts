import { readFileSync } from 'node:fs'
import { Dataset, NdArray, ndarray } from 'millrace'
import { decodeJpeg } from 'millrace/image'

/** What the benchmarks of workers run in them. */

/** About 5 ms of work on one core. */
export function work(x: number): number {
  let sum = x
  for (let i = 0; i < 900_000; i++) sum = (sum * 16807 + i) % 2147483647
  return sum
}

export const addOne = (x: number): number => x + 1

/** A kilobyte, as it came. */
export const keep = (element: NdArray<'float32'>): NdArray<'float32'> => element

/** Decodes a file, and returns how many numbers that made. */
export const decode = async (file: string): Promise<number> =>
  (await decodeJpeg(new Uint8Array(readFileSync(file)))).size

/** 19 MB: 32 pictures of 224x224 in colour, for ever. */
export const largeBatches = () =>
  Dataset.fromTensors(new NdArray('float32', [32, 224, 224, 3], new Float32Array(32 * 224 * 224 * 3))).repeat()

/** Batches that take about `milliseconds` to make. */
export const slowBatches = (milliseconds: number) =>
  Dataset.counter().map((x) => {
    const until = performance.now() + milliseconds
    while (performance.now() < until) continue
    return ndarray(new Float32Array(100 * 784).fill(x), [100, 784])
  })

/** Pictures in memory that all threads share, shuffled and batched. */
export const pictures = (images: NdArray<'uint8'>, labels: NdArray<'int32'>) =>
  Dataset.fromTensorSlices({ images, labels }).shuffle(60_000).batch(128)
