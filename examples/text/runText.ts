import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as tf from '@tensorflow/tfjs'
import { Dataset, NotFoundError, workerFn, writeAtomically } from 'millrace'
import {
  accuracy,
  adam,
  cosineDecay,
  evaluate,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossentropy,
} from 'millrace/train'
import { lossCurves } from '../pictures/lossCurves.ts'
import { type CommonFlags, helpText, type Program, readFlags } from '../training/flags.ts'
import { say } from '../training/say.ts'
import { closeRun, openRun, type RunSummary, summaryOf, trainRun } from '../training/trainingRun.ts'
import { padding } from './codes.ts'
import { textModel } from './model.ts'
import type { testBatches, trainingBatches } from './pipeline.ts'
import { batchShape } from './batchShape.ts'
import { writeLines } from './writeLines.ts'

/** What a run came to; also written as summary.json. */
export interface Summary extends RunSummary {
  /** Share of the places in the batches of a pass that are padding. */
  readonly paddingShare: number
  /** Lengths of those batches, shortest and longest. */
  readonly batchLengths: readonly [number, number]
  /** Mean over the characters held back, in nats; left out where the run was interrupted. */
  readonly testLoss?: number
  /** Share of those characters that were the likeliest ones. */
  readonly testAccuracy?: number
  /** Lines that the model wrote. */
  readonly written?: readonly string[]
}

const program: Program = {
  about: 'Trains an LSTM to write text, character by character: windows of lines in batches padded to their longest.',
  command: 'npm run example:text --',
  defaults: { epochs: 30, batch: 32, data: "the project's own documentation, Apache-2.0" },
  quickSteps: 30,
}

/** The text of `--help`. */
export const help = helpText(program)

/** Reads the command line; undefined where it asks for help. */
export function parseFlags(args: readonly string[]): CommonFlags | undefined {
  return readFlags(args, program, {})?.common
}

/**
 * Trains, tests, writes some lines, and leaves the model, a checkpoint, a summary and a picture.
 *
 * @param signal ends the run after the step at hand, with a checkpoint to go on from
 */
export async function runText(flags: CommonFlags, signal: AbortSignal): Promise<Summary> {
  const files = textFiles(flags.data)
  const run = await openRun('text', flags)
  const module = new URL('./pipeline.js', import.meta.url)
  const { workers } = flags
  const training = workerFn<typeof trainingBatches>(module, 'trainingBatches')
  const batches = Dataset.fromWorkers(training, { args: [files, flags.batch, flags.seed], workers, bufferSize: 16 })
  const testing = workerFn<typeof testBatches>(module, 'testBatches')
  const held = Dataset.fromWorkers(testing, { args: [files, flags.batch], workers })
  const shape = await batchShape(batches)
  const model = textModel(flags.seed)
  const learningRate = cosineDecay({
    initialLearningRate: 0.01,
    decaySteps: flags.steps ?? flags.epochs * shape.batches,
  })
  model.compile({
    optimizer: adam({ learningRate }),
    loss: sparseCategoricalCrossentropy({ ignoreClass: padding }),
    metrics: [sparseCategoricalAccuracy({ ignoreClass: padding })],
  })
  const trained = await trainRun(run, model, batches, { validation: held, stepsPerEpoch: shape.batches, signal })
  const tested = trained.interrupted ? undefined : await test(model, held)
  const written = tested && (await writeLines(model, { count: 8, longest: 60, temperature: 0.6, seed: flags.seed }))
  const summary: Summary = {
    ...summaryOf(run, 'char-lstm', model, trained),
    paddingShare: shape.paddingShare,
    batchLengths: shape.lengths,
    ...(tested && { testLoss: tested.loss, testAccuracy: tested.accuracy, written: written ?? [] }),
  }
  await lossCurves(join(run.folder, 'curves.png'), {
    title: `Characters of the documentation, LSTM on ${run.backend}`,
    subtitle: `batches of ${shape.lengths.join(' to ')} characters, ${(shape.paddingShare * 100).toFixed(1)}% padding`,
    lossLabel: 'cross-entropy (nats a character)',
    series: [
      { name: 'training', kind: 'training', measures: trained.training },
      { name: 'lines held back', kind: 'validation', measures: trained.validation },
    ],
  })
  if (written !== undefined) {
    await writeAtomically(join(run.folder, 'written.txt'), Buffer.from(`${written.join('\n')}\n`))
    for (const line of written) say(`  | ${line}`)
  }
  const result = `${tested?.loss.toFixed(3) ?? ''} nats a character of the lines held back`
  await closeRun(run, model, summary, { result, pictures: ['curves.png', 'written.txt'] })
  return summary
}

async function test(
  model: tf.LayersModel,
  held: Dataset<ReturnType<typeof testBatches> extends Dataset<infer T> ? T : never>,
) {
  const { loss, metrics } = await evaluate(model, held, { metrics: { accuracy: accuracy({ ignoreClass: padding }) } })
  return { loss, accuracy: metrics.accuracy }
}

/** The text files: those of the project, or of the folder or pattern that `--data` names. */
function textFiles(data: string): string[] {
  if (data !== program.defaults.data) {
    if (!existsSync(data)) throw new NotFoundError(`--data: there is no file ${data}.`, { file: data })
    return [data]
  }
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const names = ['README.md', 'CONTRIBUTING.md', 'LICENSE', 'docs/architecture.md', 'docs/guide.md']
  return names.map((name) => join(root, name))
}
