import type * as tasks from './cases/workerTasks.ts'

/** Nanoseconds of a start: what the import took, and from before it to the first batch. */
export interface Start {
  readonly imported: number
  readonly first: number
}

/** What a fresh process does: imports, and makes one batch. */
const starts: Readonly<Record<string, () => Promise<() => Promise<unknown>>>> = {
  async millrace() {
    const { Dataset } = await import('millrace')
    return () =>
      Dataset.range(64)
        .map((x) => x + 1)
        .batch(32)
        .first()
  },
  async workers() {
    const { closeWorkers, Dataset, workerFn } = await import('millrace')
    const addOne = workerFn<typeof tasks.addOne>(new URL('./cases/workerTasks.js', import.meta.url), 'addOne')
    return async () => {
      const batch = await Dataset.range(64).map(addOne, { workers: 2 }).batch(32).first()
      // The process may end; what that takes comes after the batch.
      setImmediate(() => void closeWorkers())
      return batch
    }
  },
  async tfrecord() {
    const { FixedLenFeature, tfrecords } = await import('millrace/tfrecord')
    return () =>
      tfrecords(process.argv[3], { features: { label: FixedLenFeature([], 'int32') } })
        .batch(32)
        .first()
  },
  async tfjs() {
    const tf = await import('@tensorflow/tfjs')
    const numbers = Array.from({ length: 64 }, (_, i) => i)
    return async () =>
      (
        await tf.data
          .array(numbers)
          .map((x) => x + 1)
          .batch(32)
          .iterator()
      ).next()
  },
}

const began = performance.now()
const firstBatch = await starts[process.argv[2]]()
const imported = (performance.now() - began) * 1e6
if (process.argv[3] !== 'import') await firstBatch()
process.send?.({ imported, first: (performance.now() - began) * 1e6 } satisfies Start, () => process.disconnect())
