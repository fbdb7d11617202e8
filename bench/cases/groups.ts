import type { Case } from '../measure.ts'

/**
 * The cases, in groups that run in a process each: what one loads and compiles is not to slow the next one. A group is
 * imported where it runs.
 */
export const groups: Readonly<Record<string, () => Promise<readonly Case[]>>> = {
  chain: async () => {
    const { chain, furtherMap } = await import('./chain.ts')
    return [chain, furtherMap]
  },
  slices: async () => [(await import('./slices.ts')).slices],
  operations: async () => {
    const { operations, randomNumbers } = await import('./operations.ts')
    return [...operations, randomNumbers]
  },
  batching: async () => (await import('./batching.ts')).batching,
  packing: async () => {
    const { packing, splitting } = await import('./packing.ts')
    return [splitting, packing]
  },
  sampling: async () => {
    const { balancing, choosing, resampling, sampling } = await import('./sampling.ts')
    return [sampling, choosing, resampling, balancing]
  },
  tfrecord: async () => {
    const { readRecords, readAndCheck, readCompressed, readCompressedExamples } = await import('./tfrecord.ts')
    return [readRecords, readAndCheck, readCompressed, readCompressedExamples]
  },
  longRecords: async () => [(await import('./longRecords.ts')).readLongRecords],
  writing: async () => [(await import('./writing.ts')).writeRecords],
  example: async () => [(await import('./example.ts')).parseExamples],
  text: async () => {
    const { csvRows, textLines } = await import('./text.ts')
    return [textLines, csvRows]
  },
  images: async () => [(await import('./images.ts')).pictures],
  imageOperations: async () => {
    const { augmenting, resizing } = await import('./imageOperations.ts')
    return [resizing, augmenting]
  },
  autotune: async () => (await import('./autotune.ts')).autotune,
  workers: async () => {
    const workers = await import('./workers.ts')
    const { workerMap, workerOverhead, workerBatch, workerDelay, workerOverlap, workerPictures } = workers
    return [workerMap, ...workerOverhead, workerBatch, workerDelay, workerOverlap, workerPictures]
  },
  training: async () => {
    const { lstmStep, trainingData, trainingStep, waitingShare } = await import('./training.ts')
    return [...trainingData, ...waitingShare, trainingStep, lstmStep]
  },
  memory: async () => {
    const memory = await import('./memory.ts')
    return [memory.memoryOfElements, memory.memoryOfEpochs, memory.memoryOfRecords, memory.memoryOfDecodes]
  },
  starting: async () => {
    const { firstBatch, firstBatchOfWorkers, importing } = await import('./starting.ts')
    return [importing, firstBatch, firstBatchOfWorkers]
  },
  resume: async () => {
    const { resumeRecords, resumeSlices } = await import('./resume.ts')
    return [resumeSlices, resumeRecords]
  },
}
