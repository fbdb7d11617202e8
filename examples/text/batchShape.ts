import { type Dataset, type NdArray, release } from 'millrace'
import { padding } from './codes.ts'

/** What padded batches look like. */
export interface BatchShape {
  readonly batches: number
  /** Share of the places that are padding. */
  readonly paddingShare: number
  /** The shortest and the longest batch, in steps. */
  readonly lengths: readonly [number, number]
}

/** Goes over batches once and counts them and their padding. */
export async function batchShape(batches: Dataset<{ readonly xs: NdArray }>): Promise<BatchShape> {
  let [count, places, padded, shortest, longest] = [0, 0, 0, Infinity, 0]
  for await (const batch of batches) {
    const { data, size, shape } = batch.xs
    count++
    places += size
    for (const code of data as Int32Array) if (code === padding) padded++
    shortest = Math.min(shortest, shape[1])
    longest = Math.max(longest, shape[1])
    release(batch)
  }
  return { batches: count, paddingShare: padded / places, lengths: [shortest, longest] }
}
