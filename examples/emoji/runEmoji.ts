import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startWorkers } from 'millrace'
import { contactSheet, encodePng, imageFolder, labelHistogram, type ImageDataset } from 'millrace/image'
import { adam, evaluate } from 'millrace/train'
import { closeRun, openRun, type RunSummary, summaryOf, trainRun } from '../training/trainingRun.ts'
import { fetchEmoji } from './fetchEmoji.ts'
import type { Flags } from './flags.ts'
import { pictureModel } from './model.ts'

/** What a run came to; also written as summary.json. */
export interface Summary extends RunSummary {
  readonly classNames: readonly string[]
  /** Pictures in each part. */
  readonly pictures: { readonly train: number; readonly test: number }
  /** From 0 to 1; left out where the run was interrupted. */
  readonly testAccuracy?: number
}

/** Random changes that leave a picture in its class. */
const augment = { crop: { areaRange: [0.7, 1] }, flipLeftRight: true, brightness: 0.1 } as const

/** What emoji, which have transparent pixels, are laid over. */
const white = [255, 255, 255] as const

/**
 * Trains on a folder of pictures, tests on those held back, and writes the model, a checkpoint, a summary and two pictures.
 *
 * @param signal ends the run after the step at hand, with a checkpoint to go on from
 */
export async function runEmoji(flags: Flags, signal: AbortSignal): Promise<Summary> {
  const { size: side, seed, batch, workers } = flags
  const dir = flags.dir ?? (await fetchEmoji(flags.data, flags.vendor))
  // The threads that decode start while the backend and the model are loaded.
  if (workers !== 0) void startWorkers(workers)
  const run = await openRun('emoji', flags)
  const common = { size: [side, side], antialias: true, background: white, normalize: [-1, 1], workers } as const
  const parts = { train: 0.8, test: 0.2 }
  const { train } = imageFolder(dir, { ...common, augment }).split(parts, { seed: 7 })
  const { test } = imageFolder(dir, common).split(parts, { seed: 7 })
  const { classNames } = train
  const model = pictureModel(side, classNames.length, seed)
  model.compile({
    optimizer: adam({ learningRate: 0.001 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  })
  const batches = train.globalShuffle({ seed }).batch(batch, { dropRemainder: train.table.length >= batch })
  const fields = { inputs: 'image', targets: 'label' } as const
  const trained = await trainRun(run, model, batches, { ...fields, signal })
  const tested = trained.interrupted ? undefined : await evaluate(model, test.batch(batch), fields)
  const accuracy = tested?.accuracy
  const summary: Summary = {
    ...summaryOf(run, `cnn-${side}`, model, trained),
    classNames,
    pictures: { train: train.table.length, test: test.table.length },
    ...(accuracy !== undefined && { testAccuracy: accuracy }),
  }
  await draw(run.folder, imageFolder(train.table, { background: white, workers: 0 }), seed)
  const result = `test accuracy ${((accuracy ?? 0) * 100).toFixed(1)}%`
  await closeRun(run, model, summary, { result, pictures: ['pictures.png', 'classes.png'] })
  return summary
}

/** Shows what is trained on: pictures with augmented variants, and how many each class has. */
async function draw(folder: string, pictures: ImageDataset<unknown>, seed: number): Promise<void> {
  const shown = pictures.globalShuffle({ seed })
  const sheet = await contactSheet(shown, {
    count: 12,
    columns: 2,
    cellSize: 64,
    classNames: pictures.classNames,
    augment,
    seed,
  })
  await writeFile(join(folder, 'pictures.png'), await encodePng(sheet))
  await writeFile(join(folder, 'classes.png'), await encodePng(labelHistogram(pictures.table.classCounts())))
}
