import { Dataset } from 'millrace'

/** Something that waits a little. */
export async function load(x: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve))
  return x * 2
}
export const dataset = Dataset.range(1000).map(load, { numParallelCalls: 4 }).prefetch(2)
