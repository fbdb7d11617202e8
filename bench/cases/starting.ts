import { join } from 'node:path'
import { int64Feature, writeTFRecords } from 'millrace/tfrecord'
import type { Start } from '../coldStart.ts'
import type { Case, MeasuredWork, Side } from '../measure.ts'
import { ownProcess } from '../ownProcess.ts'
import { pythonStarts } from '../python/python.ts'
import { temporaryFolder } from './temporaryFolder.ts'

const module = new URL('../coldStart.js', import.meta.url)

/** A side that starts a process of its own each time, and takes of its times what is asked for. */
function starting(name: string, part: keyof Start, ...args: readonly string[]): Side {
  return { name, run: async () => work((await ownProcess<Start>(module, args))[part]) }
}

function pythonStarting(part: keyof Start, peers: Readonly<Record<string, string>>): Side[] {
  return [...pythonStarts(peers)].map(([name, start]) => ({ name, run: () => work(start()[part]) }))
}

const work = (nanoseconds: number): MeasuredWork => ({ elements: 1, amount: nanoseconds })

/** B8: what the first line of a program costs. */
export const importing: Case = {
  name: 'B8 import, in a process of its own',
  element: 'import',
  once: true,
  open() {
    const sides = [
      starting('millrace', 'imported', 'millrace'),
      starting('millrace/tfrecord', 'imported', 'tfrecord', 'import'),
      starting('@tensorflow/tfjs', 'imported', 'tfjs'),
      ...pythonStarting('imported', { tf: 'tensorflow', torch: 'torch.utils.data', grain: 'grain' }),
    ]
    return Promise.resolve({ sides })
  },
}

/** B8: from before the import to the first batch. */
export const firstBatch: Case = {
  name: 'B8 import and first batch, in a process of its own',
  element: 'start',
  once: true,
  async open() {
    const { folder, close } = await temporaryFolder()
    const file = join(folder, 'labels.tfrecord')
    await writeTFRecords(
      file,
      Array.from({ length: 64 }, (_, i) => ({ label: int64Feature(i) })),
    )
    const sides = [
      starting('millrace', 'first', 'millrace'),
      starting('millrace, from a TFRecord file', 'first', 'tfrecord', file),
      starting('tfjs-data', 'first', 'tfjs'),
      ...pythonStarting('first', { tf: 'tf.data', torch: 'torch DataLoader', grain: 'Grain' }),
    ]
    return { sides, close }
  },
}

/** B8: the same with two threads or processes to start. */
export const firstBatchOfWorkers: Case = {
  name: 'B8 import and first batch with 2 workers, in a process of its own',
  element: 'start',
  once: true,
  open() {
    const sides = [
      starting('millrace', 'first', 'workers'),
      ...pythonStarting('first', { torch_workers: 'torch DataLoader' }),
    ]
    return Promise.resolve({ sides })
  },
}
