import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { Dataset, FailedPreconditionError, workerFn } from 'millrace'
import { loadWeights } from 'millrace/train'
import { type OpenRun, trainRun } from '../training/trainingRun.ts'
import { headModel } from '../transfer/headModel.ts'
import type { Network } from '../transfer/openNetwork.ts'
import { partFiles, readRows, type RecordSet, rowCount } from '../transfer/recordSet.ts'
import { subnetwork } from '../transfer/subnetwork.ts'
import type { Flags } from './flags.ts'
import type { NetworkLayers } from './networkLayers.ts'
import type { featureBatches } from './pipeline.ts'
import { compile, type TrainedHead } from './trainHead.ts'

/** The run of the head alone, which this one goes on from. */
export const headRun = 'mobilenet'

/**
 * Trains the blocks between two layers, and the head. What the first layer gives is kept, so that a step runs these blocks
 * alone; normalization keeps its averages, as these few pictures would make worse ones.
 */
export async function fineTune(
  run: OpenRun,
  { network, layers: { last, from } }: { readonly network: Network; readonly layers: NetworkLayers },
  features: RecordSet,
  flags: Flags,
  signal: AbortSignal,
): Promise<TrainedHead> {
  const { batch, seed, workers, learningRate } = flags
  const blocks = subnetwork(network.model, from, last)
  for (const layer of blocks.layers) layer.trainable = layer.getClassName() !== 'BatchNormalization'
  const head = await trainedHead(flags, features.classNames, last)
  const pooled = tf.layers.globalAveragePooling2d({}).apply(blocks.outputs[0]) as tf.SymbolicTensor
  const model = tf.model({ inputs: blocks.inputs, outputs: head.apply(pooled) as tf.SymbolicTensor })
  const stepsPerEpoch = Math.ceil(rowCount(features, 'train') / batch)
  compile(model, learningRate, flags.steps ?? flags.epochs * stepsPerEpoch)
  const pipeline = workerFn<typeof featureBatches>(new URL('./pipeline.js', import.meta.url), 'featureBatches')
  const batches = Dataset.fromWorkers(pipeline, {
    args: [partFiles(features, 'train'), features.shape, batch, seed],
    workers,
  })
  const trained = await trainRun(run, model, batches, {
    ...{ inputs: 'values', targets: 'label', stepsPerEpoch, signal },
    validation: readRows(partFiles(features, 'validation'), features.shape).map(withoutPath).batch(batch),
  })
  return { model, head, trained }
}

/**
 * The head as its own run left it.
 *
 * @throws FailedPreconditionError where there is none, or one for other classes or another layer
 */
async function trainedHead(
  { runs, dropout, seed }: Flags,
  classNames: readonly string[],
  last: tf.layers.Layer,
): Promise<tf.LayersModel> {
  const folder = join(runs, headRun)
  const file = join(folder, 'summary.json')
  const hint = 'Run this without --fine-tune first: it trains the head.'
  if (!existsSync(file))
    throw new FailedPreconditionError(`--fine-tune: there is no trained head in ${folder}.`, { hint })
  const summary = JSON.parse(await readFile(file, 'utf8')) as { readonly layer: string; readonly classNames: string[] }
  for (const [what, has, wanted] of [
    ['layer', summary.layer, last.name],
    ['classes', summary.classNames.join(', '), classNames.join(', ')],
  ]) {
    if (has === wanted) continue
    throw new FailedPreconditionError(`--fine-tune: the head in ${folder} is for the ${what} ${has}, not ${wanted}.`, {
      hint,
    })
  }
  const features = Number((last.outputShape as tf.Shape).at(-1))
  const none = { mean: new Float32Array(features), variance: new Float32Array(features) }
  const head = headModel({ features, classes: classNames.length, moments: none, dropout, seed })
  await loadWeights(join(folder, 'checkpoint.safetensors'), head)
  return head
}

function withoutPath<T, L>({ values, label }: { readonly values: T; readonly label: L }): { values: T; label: L } {
  return { values, label }
}
