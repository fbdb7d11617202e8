import { Dataset } from '../../src/dataset/dataset.ts'

/** The pipeline of the fromWorkers row. */
export function squares(count: number): Dataset<number> {
  return Dataset.range(count).map((x) => x * x)
}
