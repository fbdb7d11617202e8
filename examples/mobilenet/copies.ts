import type { Dataset, NdArray } from 'millrace'
import { type Augment, flipLeftRight, imageFolder, type ImageFolderOptions, type ImageTable } from 'millrace/image'
import type { PictureBatch } from '../transfer/extract.ts'

/** What transparent pixels are laid over: of the pictures themselves the first, of their changed copies each in turn. */
const backgrounds: readonly (readonly [number, number, number])[] = [
  ...([
    [255, 255, 255],
    [32, 32, 36],
    [214, 226, 240],
    [120, 160, 110],
    [236, 214, 178],
  ] as const),
  ...([
    [255, 255, 255],
    [150, 60, 60],
    [128, 128, 128],
    [70, 100, 170],
  ] as const),
]

/** Random changes that leave a picture in its class. */
export const augment: Augment = {
  crop: { areaRange: [0.6, 1], aspectRatioRange: [0.8, 1.25] },
  flipLeftRight: true,
  brightness: 0.12,
  contrast: [0.75, 1.25],
  saturation: [0.7, 1.3],
}

/** How pictures are made ready for a network, which takes pixels from -1 to 1. */
export interface Preparation {
  readonly size: readonly [number, number]
  readonly workers: number
  /** Pictures at once. */
  readonly batch: number
}

/** The pictures as they are, in the order of the table. */
export function plainPictures(table: ImageTable, preparation: Preparation): Dataset<PictureBatch> {
  return loaded(table, preparation).batch(preparation.batch) as unknown as Dataset<PictureBatch>
}

/** The same mirrored. */
export function mirroredPictures(table: ImageTable, preparation: Preparation): Dataset<PictureBatch> {
  return plainPictures(table, preparation).map((batch) => ({
    ...batch,
    image: flipLeftRight(batch.image as NdArray<'float32', 4>),
  }))
}

/**
 * A copy of all pictures in an order of its own, each changed by chance, on a background of the copy's. Copy 0 is not
 * changed.
 *
 * @param seed decides, with the number of the copy, order and changes
 */
export function pictureCopy(
  table: ImageTable,
  preparation: Preparation,
  copy: number,
  seed: number,
): Dataset<PictureBatch> {
  const background = backgrounds[copy % backgrounds.length]
  const pictures = loaded(table, preparation, copy === 0 ? {} : { augment, background })
  const shuffled = pictures.globalShuffle({ seed: seed + copy }).batch(preparation.batch)
  return shuffled.withOptions({ seed: seed + copy }) as unknown as Dataset<PictureBatch>
}

function loaded(table: ImageTable, { size, workers }: Preparation, more: ImageFolderOptions = {}) {
  const common = { size, workers, background: backgrounds[0], normalize: [-1, 1], keepPath: true } as const
  return imageFolder(table, { ...common, ...more })
}
