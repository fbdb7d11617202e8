import { type Dataset, FailedPreconditionError, InvalidArgumentError, type NdArray } from 'millrace'
import { normalize } from 'millrace/image'
import { say } from '../training/say.ts'
import { extract, type PictureBatch } from '../transfer/extract.ts'
import { layerOf } from '../transfer/openNetwork.ts'
import { openRecordSet, partFiles, readRows, type RecordSet, staleness, writeRecordSet } from '../transfer/recordSet.ts'
import { subnetwork } from '../transfer/subnetwork.ts'
import type { Sources } from './sources.ts'

/** Pictures that go through the network at once. */
const pictureBatch = 8

/** Runs the network over the prepared pictures and keeps what the layer gives. What was kept of the same stays. */
export async function bottlenecks(sources: Sources, signal: AbortSignal): Promise<RecordSet> {
  const { network, layer } = sources
  const { folder, origin } = sources.bottlenecks
  const there = await openRecordSet(folder)
  const stale = there && staleness(there, origin)
  if (there !== undefined && stale === undefined) {
    say(`the bottlenecks in ${folder} are there already`)
    return there
  }
  if (stale !== undefined) say(`running the network anew: ${folder} was made with ${stale}`)
  const pictures = await fresh('pictures', sources)
  const frozen = subnetwork(network.model, undefined, layerOf(network, 'layer', layer))
  const output = frozen.outputs[0].shape
  if (output.length !== 2 && output.length !== 4) {
    throw new InvalidArgumentError(`--layer: ${layer} gives [${output.slice(1).join(', ')}].`, {
      hint: 'Name a layer that gives [height, width, channels], or [features].',
    })
  }
  const parts = Object.entries(pictures.parts).map(([name, { rows: count }]) => {
    const batches = readRows(partFiles(pictures, name), pictures.shape).batch(pictureBatch) as Dataset<PictureRows>
    return [name, { rows: extract(frozen, batches.map(toNetwork), true), count }] as const
  })
  const about = { origin, classNames: pictures.classNames, shape: [Number(output.at(-1))] }
  return writeRecordSet(folder, about, Object.fromEntries(parts), { doing: 'bottlenecks', unit: 'pictures', signal })
}

const commandOf = { pictures: 'prepare', bottlenecks: 'bottlenecks' } as const

/**
 * A set that has to be there, of the pictures, weights and layer that are asked for.
 *
 * @throws FailedPreconditionError naming what it was made with, and the command that makes it
 */
export async function fresh(kind: keyof typeof commandOf, sources: Sources): Promise<RecordSet> {
  const { folder, origin } = sources[kind]
  const set = await openRecordSet(folder)
  const stale = set && staleness(set, origin)
  if (set !== undefined && stale === undefined) return set
  const what =
    stale === undefined ? `there are no ${kind} at ${folder}` : `the ${kind} at ${folder} are stale: ${stale}`
  const hint = `Run the command ${commandOf[kind]} first, with the same flags.`
  throw new FailedPreconditionError(`${what}.`, { hint })
}

interface PictureRows {
  readonly values: NdArray<'float32', 4>
  readonly label: NdArray
  readonly path: NdArray<'string'>
}

function toNetwork({ values, label, path }: PictureRows): PictureBatch {
  return { image: normalize(values, { range: [-1, 1], from: [0, 255] }), label, path }
}
