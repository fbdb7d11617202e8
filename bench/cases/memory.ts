import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeJpeg } from 'millrace/image'
import { writeTFRecords } from 'millrace/tfrecord'
import type { Case, Side } from '../measure.ts'
import { memoryGrowth } from '../memoryGrowth.ts'
import type { MemorySeries } from '../memoryWatch.ts'
import { ownProcess } from '../ownProcess.ts'
import { digitExamples } from './digitExamples.ts'
import { photo } from './pictureFiles.ts'
import { temporaryFolder } from './temporaryFolder.ts'

const module = new URL('../memoryTask.js', import.meta.url)

/** One run of a task, seen from two sides: it is run once. */
function task(name: string, ...args: readonly (string | number)[]): Side[] {
  let running: Promise<MemorySeries> | undefined
  const side = (part: keyof MemorySeries): Side['run'] => {
    return async () => {
      running ??= ownProcess<MemorySeries>(module, args.map(String))
      const series = (await running)[part]
      return { elements: 1, amount: memoryGrowth(series), series }
    }
  }
  return [
    { name: `${name}, of the process`, run: side('resident') },
    { name: `${name}, held by V8`, run: side('live') },
  ]
}

const common = { element: 'run', unit: 'bytes', once: true } as const

/** B7: many elements. The loop shows how much the method sees where nothing can be kept. */
export const memoryOfElements: Case = {
  ...common,
  name: 'B7 memory: 10 million elements through shuffle, map, batch, prefetch',
  open(quick) {
    const numbers = quick ? 200_000 : 10_000_000
    return Promise.resolve({
      sides: [...task('millrace', 'elements', numbers), ...task('hand-written loop', 'loop', numbers)],
    })
  },
}

/** B7: many passes. */
export const memoryOfEpochs: Case = {
  ...common,
  name: 'B7 memory: 20 epochs of 60,000 Examples from a TFRecord file through shuffle, map, batch, prefetch',
  async open(quick) {
    const { folder, close } = await temporaryFolder()
    const file = join(folder, 'digits.tfrecord')
    await writeTFRecords(file, digitExamples(60_000))
    return { sides: task('millrace', 'epochs', quick ? 3 : 20, file), close }
  },
}

/** B7: a long file. */
export const memoryOfRecords: Case = {
  ...common,
  name: 'B7 memory: 10 GB of TFRecords of 200 KB, generated while they are read',
  open(quick) {
    return Promise.resolve({ sides: task('millrace', 'records', quick ? 2e8 : 10e9) })
  },
}

/** B7: pictures, whose memory is not that of V8. */
export const memoryOfDecodes: Case = {
  ...common,
  name: 'B7 memory: 100,000 decodes of a JPEG of 500 x 375',
  async open(quick) {
    const { folder, close } = await temporaryFolder()
    const file = join(folder, 'picture.jpg')
    await writeFile(file, await encodeJpeg(photo(0), { quality: 90 }))
    return {
      sides: task('millrace', 'decodes', quick ? 200 : 100_000, file),
      close,
    }
  },
}
