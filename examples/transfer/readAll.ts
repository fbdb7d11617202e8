import { Dataset, type NdArray } from 'millrace'
import { partFiles, readRows, rowCount, type RecordSet } from './recordSet.ts'

/** All rows of a part, one array a field. */
export interface Rows {
  readonly values: NdArray<'float32'>
  readonly label: NdArray<'int32'>
  readonly path: NdArray<'string'>
}

/** Reads a part into memory: pooled features are a few KB a picture. */
export async function readAll(set: RecordSet, part: string): Promise<Rows> {
  const [rows] = await readRows(partFiles(set, part), set.shape).batch(rowCount(set, part)).toArray()
  return rows as unknown as Rows
}

/** Batches of rows in memory, in an order of its own in each pass; the last one of a pass may be smaller. */
export function shuffledBatches({ values, label }: Rows, batch: number, seed: number) {
  return Dataset.fromTensorSlices({ values, label }).globalShuffle({ seed }).batch(batch)
}

/** The same without an end, so that all batches are of one size. */
export function endlessBatches({ values, label }: Rows, batch: number, seed: number) {
  return Dataset.fromTensorSlices({ values, label }).globalShuffle({ seed }).repeat().batch(batch)
}

/** The same rows in their order. */
export function batches({ values, label }: Rows, batch: number) {
  return Dataset.fromTensorSlices({ values, label }).batch(batch)
}
