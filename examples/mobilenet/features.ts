import type * as tf from '@tensorflow/tfjs'
import type { Dataset } from 'millrace'
import { say } from '../training/say.ts'
import { extract } from '../transfer/extract.ts'
import type { Network } from '../transfer/openNetwork.ts'
import { picturesDigest } from '../transfer/pictureClasses.ts'
import {
  type NewPart,
  openRecordSet,
  type RecordSet,
  staleness,
  writeRecordSet,
  type Row,
} from '../transfer/recordSet.ts'
import { subnetwork } from '../transfer/subnetwork.ts'
import { mirroredPictures, pictureCopy, plainPictures, type Preparation } from './copies.ts'
import type { Flags } from './flags.ts'
import type { Sources } from './sources.ts'

/** Pictures that go through the network at once. */
const pictureBatch = 16
/** The version of what copies are; another one makes other features. */
const copiesVersion = 1

/**
 * What a layer of the network gives of the pictures, and of changed copies of those that are trained on, kept on disk:
 * made once, and anew when pictures, weights, layer or copies are others.
 *
 * @param pool whether the mean of each channel is kept, not height and width
 */
export async function keepFeatures(
  folder: string,
  { sources, network, layer, pool }: { sources: Sources; network: Network; layer: tf.layers.Layer; pool: boolean },
  { copies, seed, workers }: Flags,
  signal: AbortSignal,
): Promise<RecordSet> {
  const { train, validation, test } = sources
  const origin = {
    ...{ weights: network.digest, layer: layer.name, pooled: String(pool), copies, seed },
    ...{ copiesVersion, pictures: await picturesDigest([train, validation, test]) },
  }
  const there = await openRecordSet(folder)
  const stale = there && staleness(there, origin)
  if (there !== undefined && stale === undefined) return there
  if (stale !== undefined) say(`running the network anew: ${folder} was made with ${stale}`)
  const frozen = subnetwork(network.model, undefined, layer)
  const preparation: Preparation = { size: network.size, workers, batch: pictureBatch }
  const copyRows = Array.from({ length: copies + 1 }, (_, copy) => pictureCopy(train, preparation, copy, seed))
  const parts: Record<string, NewPart> = {
    // A file for each copy, so that reading them side by side mixes the copies.
    train: { rows: joined(copyRows.map(rows)), count: train.length * copyRows.length, rowsPerFile: train.length },
    validation: { rows: rows(plainPictures(validation, preparation)), count: validation.length },
    test: { rows: rows(plainPictures(test, preparation)), count: test.length },
    mirrored: { rows: rows(mirroredPictures(test, preparation)), count: test.length },
  }
  const shape = frozen.outputs[0].shape.slice(1).map(Number)
  const about = { origin, classNames: train.classNames, shape: pool ? shape.slice(-1) : shape }
  return writeRecordSet(folder, about, parts, { doing: `${network.name}:`, unit: 'pictures', signal })

  function rows(batches: Parameters<typeof extract>[1]): Dataset<Row> {
    return extract(frozen, batches, pool)
  }
}

function joined(parts: readonly Dataset<Row>[]): Dataset<Row> {
  return parts.reduce((all, part) => all.concatenate(part))
}
