import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ndarray } from '../../../src/ndarray/ndarray.ts'
import { EventWriter } from '../../../src/train/tensorboard/eventWriter.ts'

/** Writes the event file of the test into a folder; returns its path. */
export async function writeSample(folder: string): Promise<string> {
  let seconds = 1_700_000_000
  await using writer = await EventWriter.create(folder, { wallTime: () => seconds++, suffix: 'sample' })
  writer.scalar('loss', 0.5, 1)
  writer.scalar('loss', -1.25, 2 ** 33)
  writer.histogram('kernel', [0, -1.5, 0.25, 0.25, 3], 3)
  writer.image('grey', ndarray(Uint8Array.of(0, 255, 7, 9, 10, 11), [2, 3, 1]), 4)
  writer.image('colour', ndarray(Float32Array.of(0, 0.5, 1, 2, -1, 0.25), [1, 2, 3]), 5)
  return writer.path
}

if (process.argv[1]?.endsWith('sample.ts')) {
  const folder = await mkdtemp(join(tmpdir(), 'events-'))
  await copyFile(await writeSample(folder), new URL('events.tfevents', import.meta.url))
  await rm(folder, { recursive: true })
}
