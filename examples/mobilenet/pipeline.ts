import { readRows } from '../transfer/recordSet.ts'

/** Rows of features in memory while they are shuffled: 75 MB of those of block 9. */
const buffer = 1000

/** Batches for fine-tuning: of each copy one row in turn, shuffled. Runs in a worker, so it is named by module and export. */
export function featureBatches(files: readonly string[], shape: readonly number[], batch: number, seed: number) {
  const rows = readRows(files, shape, true).shuffle(buffer, { seed })
  return rows
    .map(({ values, label }) => ({ values, label }))
    .batch(batch)
    .prefetch(2)
}
