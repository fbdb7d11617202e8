import { imageFolder } from 'millrace/image'
import { pictureClasses } from '../transfer/pictureClasses.ts'

/** What emoji, which have transparent pixels, are laid over. */
export const white = [255, 255, 255] as const

/** Random changes that leave a picture in its class. */
export const augment = { crop: { areaRange: [0.7, 1] }, flipLeftRight: true, brightness: 0.1 } as const

/**
 * The pictures of a folder to train on, and those held back: the same ones in every thread.
 *
 * @throws InvalidArgumentError where there is one class alone
 */
export async function pictures(dir: string, side: number) {
  const common = { size: [side, side], antialias: true, background: white, normalize: [-1, 1], workers: 0 } as const
  const { train, test } = (await pictureClasses(dir)).split({ train: 0.8, test: 0.2 }, { seed: 7 })
  return { train: imageFolder(train, { ...common, augment }), test: imageFolder(test, common) }
}

/** Batches for training, each of the same size. Runs in a worker, so it is named by module and export. */
export async function trainingBatches(dir: string, side: number, batch: number, seed: number) {
  const { train } = await pictures(dir, side)
  return train.globalShuffle({ seed }).batch(batch, { dropRemainder: true })
}

/** Batches of every picture that was held back. */
export async function testBatches(dir: string, side: number, batch: number) {
  return (await pictures(dir, side)).test.batch(batch)
}
