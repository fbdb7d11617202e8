import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Dataset, startWorkers, workerFn } from 'millrace'
import { contactSheet, encodePng, imageFolder, labelHistogram, type ImageDataset } from 'millrace/image'
import { adam, evaluate } from 'millrace/train'
import { checkEnough } from '../transfer/pictureClasses.ts'
import { closeRun, openRun, type RunSummary, summaryOf, trainRun } from '../training/trainingRun.ts'
import { fetchEmoji } from './fetchEmoji.ts'
import type { Flags } from './flags.ts'
import { pictureModel } from './model.ts'
import { augment, pictures, type testBatches, type trainingBatches, white } from './pipeline.ts'

/** What a run came to; also written as summary.json. */
export interface Summary extends RunSummary {
  readonly classNames: readonly string[]
  /** Pictures in each part. */
  readonly pictures: { readonly train: number; readonly test: number }
  /** From 0 to 1; left out where the run was interrupted. */
  readonly testAccuracy?: number
}

const pipelines = new URL('./pipeline.js', import.meta.url)
const fields = { inputs: 'image', targets: 'label' } as const

/**
 * Trains on a folder of pictures, tests on those held back, and writes the model, a checkpoint, a summary and two pictures.
 *
 * @param signal ends the run after the step at hand, with a checkpoint to go on from
 */
export async function runEmoji(flags: Flags, signal: AbortSignal): Promise<Summary> {
  const { size: side, seed, batch, workers } = flags
  const dir = flags.dir ?? (await fetchEmoji(flags.data, flags.vendor))
  // They start while the backend is loaded and the model is made.
  if (workers !== 0) void startWorkers(workers)
  const run = await openRun('emoji', flags)
  const { train, test } = await pictures(dir, side)
  const { classNames } = train
  checkEnough({ train: train.table.length, test: test.table.length }, batch)
  const model = pictureModel(side, classNames.length, seed)
  model.compile({
    optimizer: adam({ learningRate: 0.001 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  })
  // A training step blocks its thread: the pictures are read in another one meanwhile.
  const training = workerFn<typeof trainingBatches>(pipelines, 'trainingBatches')
  const batches = Dataset.fromWorkers(training, { args: [dir, side, batch, seed], workers })
  const stepsPerEpoch = Math.floor(train.table.length / batch)
  const trained = await trainRun(run, model, batches, { ...fields, stepsPerEpoch, signal })
  const heldBack = workerFn<typeof testBatches>(pipelines, 'testBatches')
  const testing = Dataset.fromWorkers(heldBack, { args: [dir, side, batch], workers })
  const tested = trained.interrupted ? undefined : await evaluate(model, testing, fields)
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
