import { rmsprop } from 'millrace/train'
import { closeRun, openRun, type OpenRun, type RunSummary, summaryOf, trainRun } from '../training/trainingRun.ts'
import { drawResults } from '../transfer/drawResults.ts'
import { headModel, momentsOf } from '../transfer/headModel.ts'
import { layerOf, openNetwork } from '../transfer/openNetwork.ts'
import { checkEnough } from '../transfer/pictureClasses.ts'
import { batches, endlessBatches, readAll } from '../transfer/readAll.ts'
import { partFiles, readRows, type RecordSet, rowCount } from '../transfer/recordSet.ts'
import { testHead } from '../transfer/testHead.ts'
import { wholeModel } from '../transfer/wholeModel.ts'
import { bottlenecks, fresh } from './bottlenecks.ts'
import type { Flags } from './flags.ts'
import { prepare } from './prepare.ts'
import { findSources, type Sources } from './sources.ts'

/** What `prepare` and `bottlenecks` came to. */
export interface Made {
  readonly command: 'prepare' | 'bottlenecks'
  readonly interrupted: false
  readonly classNames: readonly string[]
  /** Pictures in each part. */
  readonly pictures: Pictures
  /** Where they are. */
  readonly folder: string
}

/** What the training came to; also written as summary.json. */
export interface Summary extends RunSummary {
  readonly command: 'train'
  readonly layer: string
  readonly classNames: readonly string[]
  readonly pictures: Pictures
  /** From 0 to 1, at the last validation. */
  readonly validationAccuracy?: number
  /** From 0 to 1; left out where the run was interrupted. */
  readonly testAccuracy?: number
  /** Row: what the test pictures are, column: what they were taken for. */
  readonly confusion?: readonly (readonly number[])[]
}

type Pictures = Readonly<Record<string, number>>

/** Steps between two validations, and between two checkpoints. */
const every = 30

/** Prepares, keeps bottlenecks, trains; or does the one of these that the command line names. */
export async function runInceptionV3(flags: Flags, signal: AbortSignal): Promise<Made | Summary> {
  const { command } = flags
  const run = await openRun('inceptionv3', flags)
  const network = await openNetwork(flags.weights, flags.data)
  const sources = await findSources(flags, network)
  if (command === undefined || command === 'prepare') {
    const set = await prepare(sources, flags, signal)
    if (command === 'prepare') return made(command, set)
  }
  if (command === undefined || command === 'bottlenecks') {
    const set = await bottlenecks(sources, signal)
    if (command === 'bottlenecks') return made(command, set)
  }
  return trainLast(run, sources, flags, signal)
}

/** Trains the last layer alone on the bottlenecks, and tests it. */
async function trainLast(run: OpenRun, sources: Sources, flags: Flags, signal: AbortSignal): Promise<Summary> {
  const { network, layer } = sources
  const { batch, seed, workers, learningRate } = flags
  const set = await fresh('bottlenecks', sources)
  const { classNames } = set
  checkEnough(picturesOf(set), batch)
  const [train, validation] = [await readAll(set, 'train'), await readAll(set, 'validation')]
  const head = headModel({
    features: set.shape[0],
    classes: classNames.length,
    moments: momentsOf(train.values),
    seed,
  })
  const optimizer = rmsprop({ learningRate })
  head.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] })
  // The stream is endless, so that no step has fewer pictures than a batch: it is one pass, and the steps end it.
  const inPasses = Math.ceil((flags.epochs * rowCount(set, 'train')) / batch)
  const trained = await trainRun(run, head, endlessBatches(train, batch, seed), {
    ...{ inputs: 'values', targets: 'label', signal },
    ...{ epochs: 1, steps: Math.min(flags.steps ?? Infinity, inPasses) },
    ...{ validation: batches(validation, batch), validateEvery: every, checkpointEvery: every },
  })
  const testRows = readRows(partFiles(set, 'test'), set.shape)
  const tested = trained.interrupted ? undefined : await testHead(head, [testRows], batch)
  const validationAccuracy = trained.validation.at(-1)?.accuracy
  const whole = wholeModel(network.model, layerOf(network, 'layer', layer), head)
  const summary: Summary = {
    command: 'train',
    ...summaryOf(run, network.name, whole, trained),
    ...{ layer, classNames, pictures: picturesOf(set) },
    ...(validationAccuracy !== undefined && { validationAccuracy }),
    ...(tested && { testAccuracy: tested.accuracy, confusion: tested.confusion }),
  }
  const title = `The last layer of ${network.name}, on ${layer}`
  const pictures = await drawResults(summary, trained, tested, { title, classNames, workers })
  await closeRun(run, whole, summary, { result: `test accuracy ${percent(tested?.accuracy)}`, pictures })
  return summary
}

function made(command: Made['command'], set: RecordSet): Made {
  const { classNames, folder } = set
  return { command, interrupted: false, classNames, pictures: picturesOf(set), folder }
}

function picturesOf(set: RecordSet): { train: number; validation: number; test: number } {
  const [train, validation, test] = ['train', 'validation', 'test'].map((part) => rowCount(set, part))
  return { train, validation, test }
}

function percent(share = 0): string {
  return `${(share * 100).toFixed(1)}%`
}
