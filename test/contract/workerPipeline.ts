import { Dataset } from '../../src/dataset/dataset.ts'

/** The pipeline of the fromWorkers row. */
export function squares(count: number): Dataset<number> {
  return Dataset.range(count).map((x) => x * x)
}

/** The function of the rows of map in workers. */
export const twice = (x: unknown) => (x as number) * 2
