import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { contactSheet, encodePng, imageFolder } from 'millrace/image'
import { closeRun, openRun, type RunSummary, summaryOf } from '../training/trainingRun.ts'
import { drawResults } from '../transfer/drawResults.ts'
import { keptFolder } from '../transfer/keptFolder.ts'
import { openNetwork } from '../transfer/openNetwork.ts'
import { checkEnough } from '../transfer/pictureClasses.ts'
import { partFiles, readRows } from '../transfer/recordSet.ts'
import { testHead } from '../transfer/testHead.ts'
import { wholeModel } from '../transfer/wholeModel.ts'
import { augment } from './copies.ts'
import { keepFeatures } from './features.ts'
import { fineTune, headRun } from './fineTune.ts'
import type { Flags } from './flags.ts'
import { networkLayers } from './networkLayers.ts'
import { findSources, type Sources } from './sources.ts'
import { trainHead } from './trainHead.ts'

/** What a run came to; also written as summary.json. */
export interface Summary extends RunSummary {
  /** What the run is about. */
  readonly title: string
  /** The last layer of the network that is used, and the one after which layers were trained. */
  readonly layer: string
  readonly fineTunedAfter?: string
  readonly classNames: readonly string[]
  /** Pictures in each part, copies not counted. */
  readonly pictures: { readonly train: number; readonly validation: number; readonly test: number }
  /** From 0 to 1, of the last validation. */
  readonly validationAccuracy?: number
  /** From 0 to 1, of the test pictures as they are; left out where the run was interrupted. */
  readonly testAccuracy?: number
  /** The same where each picture and its mirror image decide together. */
  readonly mirroredTestAccuracy?: number
  /** Row: what the test pictures are, column: what they were taken for, with their mirror images. */
  readonly confusion?: readonly (readonly number[])[]
}

/**
 * Keeps what the network makes of the pictures, trains a head on it, or with `--fine-tune` the last blocks too, tests, and
 * writes the whole model, a checkpoint, a summary and three pictures.
 *
 * @param signal ends the run after the step at hand, with a checkpoint to go on from
 */
export async function runMobilenet(flags: Flags, signal: AbortSignal): Promise<Summary> {
  const { batch, workers, seed } = flags
  const run = await openRun(flags.fineTune ? `${headRun}-fine-tuned` : headRun, flags)
  const network = await openNetwork(flags.weights, flags.data)
  const layers = networkLayers(network, flags)
  const sources = await findSources(flags)
  const pictures = countsOf(sources)
  checkEnough(pictures, batch)
  const folder = keptFolder(join(flags.data, 'mobilenet'), {
    pictures:
      flags.dir === undefined ? [...flags.vendors, flags.testVendor] : [resolve(flags.dir), flags.testDir ?? ''],
    more: `${flags.copies} copies of ${flags.pictures ?? 'all'}`,
  })
  const kept = { sources, network, layer: layers.from ?? layers.last, pool: !flags.fineTune }
  const features = await keepFeatures(join(folder, flags.fineTune ? 'activations' : 'features'), kept, flags, signal)
  const { model, head, trained } = flags.fineTune
    ? await fineTune(run, { network, layers }, features, flags, signal)
    : await trainHead(run, features, flags, signal)
  const view = (part: string) => readRows(partFiles(features, part), features.shape)
  const test = (...parts: string[]) => (trained.interrupted ? undefined : testHead(model, parts.map(view), batch))
  const [plain, both] = [await test('test'), await test('test', 'mirrored')]
  const validationAccuracy = trained.validation.at(-1)?.accuracy
  const whole = wholeModel(network.model, layers.last, head)
  const { classNames } = features
  const summary: Summary = {
    ...summaryOf(run, network.name, whole, trained),
    ...{ title: sources.title, layer: layers.last.name, classNames, pictures },
    ...(layers.from && { fineTunedAfter: layers.from.name }),
    ...(validationAccuracy !== undefined && { validationAccuracy }),
    ...(plain && { testAccuracy: plain.accuracy }),
    ...(both && { mirroredTestAccuracy: both.accuracy, confusion: both.confusion }),
  }
  const drawn = await drawResults(summary, trained, both, { title: sources.title, classNames, workers })
  await drawCopies(run.folder, sources, seed)
  const result = `test accuracy ${percent(plain?.accuracy)}, with mirror images ${percent(both?.accuracy)}`
  await closeRun(run, whole, summary, { result, pictures: [...drawn, 'pictures.png'] })
  return summary
}

function countsOf({ train, validation, test }: Sources): Summary['pictures'] {
  return { train: train.length, validation: validation.length, test: test.length }
}

/** Shows what is trained on: pictures, with changed copies beside them. */
async function drawCopies(folder: string, { train }: Sources, seed: number): Promise<void> {
  const pictures = imageFolder(train, { background: [255, 255, 255], workers: 0 }).globalShuffle({ seed })
  const { classNames } = train
  const sheet = await contactSheet(pictures, { count: 12, columns: 2, cellSize: 64, classNames, augment, seed })
  await writeFile(join(folder, 'pictures.png'), await encodePng(sheet))
}

function percent(share = 0): string {
  return `${(share * 100).toFixed(1)}%`
}
