import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type * as tf from '@tensorflow/tfjs'
import { DataLossError, fileError, InvalidArgumentError } from 'millrace'
import { loadModel } from 'millrace/train'
import { fetchWeights } from './fetchWeights.ts'

/** A network that was trained elsewhere. */
export interface Network {
  readonly name: string
  readonly model: tf.LayersModel
  /** Height and width of the pictures it takes. */
  readonly size: readonly [number, number]
  /** A digest of the layers and weights, which tells other weights. */
  readonly digest: string
}

/**
 * Loads a network, none of whose layers is trainable; a backend has to be chosen before.
 *
 * @param weights what `--weights` says; see `fetchWeights`
 * @throws InvalidArgumentError where it is no layers model, or takes no colour pictures of one size
 * @throws DataLossError where its files cannot be read as a model
 */
export async function openNetwork(weights: string, data: string): Promise<Network> {
  const folder = await fetchWeights(weights, data)
  const digest = await digestOf(folder)
  const model = await loadModel(folder).catch((error: unknown) => {
    throw new DataLossError(`--weights: ${folder} cannot be loaded: ${(error as Error).message}`, { cause: error })
  })
  const [, height, width, channels] = model.inputs[0].shape
  if (model.inputs.length !== 1 || height === null || width === null || channels !== 3) {
    const shapes = model.inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ')
    throw new InvalidArgumentError(`--weights: ${folder} takes ${shapes}, not pictures [height, width, 3].`)
  }
  for (const layer of model.layers) layer.trainable = false
  return { name: basename(folder), model, size: [height, width], digest }
}

/** The layer of that name. */
export function layerOf({ model, name }: Network, flag: string, layer: string): tf.layers.Layer {
  const found = model.layers.find((one) => one.name === layer)
  if (found !== undefined) return found
  const names = model.layers.slice(-24).map((one) => one.name)
  throw new InvalidArgumentError(`--${flag}: ${name} has no layer ${layer}.`, {
    hint: `Its last layers are ${names.join(', ')}.`,
  })
}

/** The last layer that still has a picture's height and width: where those who know no better cut. */
export function lastPictureLayer({ model, name }: Network): string {
  const found = model.layers.findLast(({ outputShape }) => outputShape.length === 4)
  if (found !== undefined) return found.name
  throw new InvalidArgumentError(`--weights: ${name} has no layer with an output [height, width, channels].`, {
    hint: 'Name a layer with --layer.',
  })
}

async function digestOf(folder: string): Promise<string> {
  const file = join(folder, 'model.json')
  const read = (path: string): Promise<Buffer> =>
    readFile(path).catch((error: unknown) => {
      throw fileError(error, path, 'cannot read')
    })
  const text = (await read(file)).toString()
  const json = parsed(file, text)
  if (json.format === 'graph-model' || json.weightsManifest === undefined) {
    throw new InvalidArgumentError(`--weights: ${file} is no layers model of tfjs.`, {
      hint: 'Layers of a graph model cannot be trained; convert the Keras model with output_format=tfjs_layers_model.',
    })
  }
  const hash = createHash('sha256').update(text)
  for (const path of json.weightsManifest.flatMap(({ paths }) => paths)) hash.update(await read(join(folder, path)))
  return hash.digest('hex').slice(0, 16)
}

interface LayersJson {
  readonly format?: string
  readonly weightsManifest?: readonly { readonly paths: readonly string[] }[]
}

function parsed(file: string, text: string): LayersJson {
  try {
    return JSON.parse(text) as LayersJson
  } catch (cause) {
    throw new DataLossError(`--weights: ${file} is no JSON: ${(cause as Error).message}`, { file, cause })
  }
}
