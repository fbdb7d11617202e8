import { readFileSync } from 'node:fs'
import { Dataset } from 'millrace'
import { decodeJpeg } from 'millrace/image'
import { frameBytes, tfrecords } from 'millrace/tfrecord'
import { trainingBatches } from 'millrace-examples/mnist/pipeline.js'
import { generatedFile } from './generatedFile.ts'
import { MemoryWatch, type MemorySeries } from './memoryWatch.ts'

/** What a fresh process does while its memory is watched: `memoryTask.js TASK SIZE [FILE]`. */
const tasks: Readonly<Record<string, (size: number, file: string) => Promise<MemorySeries>>> = {
  /** So many numbers. */
  elements(numbers) {
    const batches = Dataset.range(numbers)
      .shuffle(10_000, { seed: 1 })
      .map((x) => ({ x, twice: 2 * x }))
      .batch(100)
      .prefetch(4)
    return watched(batches, numbers / 100)
  },

  /** So many passes over the 60,000 Examples of a file. */
  epochs(passes, file) {
    const batches = trainingBatches([file], 100, 1).repeat(passes)
    return watched(batches, passes * 600)
  },

  /** So many bytes of records of 200 KB. */
  records(bytes) {
    const record = new Uint8Array(200_000).fill(7)
    return watched(tfrecords(generatedFile(record, bytes)), Math.floor(bytes / (record.length + frameBytes)))
  },

  /** So many decodes of a picture. */
  async decodes(count, file) {
    const bytes = new Uint8Array(readFileSync(file))
    const watch = new MemoryWatch(count)
    for (let i = 0; i < count; i++) {
      await decodeJpeg(bytes)
      watch.see()
    }
    return watch.series
  },

  /** As many numbers as `elements`, in a loop that makes batches: what the method itself shows. */
  loop(numbers) {
    const watch = new MemoryWatch(numbers / 100)
    for (let x = 0; x < numbers; x += 100) {
      const batch = { x: new Int32Array(100), twice: new Float32Array(100) }
      for (let i = 0; i < 100; i++) batch.twice[i] = 2 * (batch.x[i] = x + i)
      watch.see()
    }
    return Promise.resolve(watch.series)
  },
}

async function watched(dataset: Dataset<unknown>, elements: number): Promise<MemorySeries> {
  const watch = new MemoryWatch(elements)
  await dataset.forEach(watch.see)
  return watch.series
}

const [task, size, file] = process.argv.slice(2)
const series = await tasks[task](Number(size), file)
process.send?.(series, () => process.disconnect())
