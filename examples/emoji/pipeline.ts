import { imageFolder } from 'millrace/image'

/** What emoji, which have transparent pixels, are laid over. */
export const white = [255, 255, 255] as const

/** Random changes that leave a picture in its class. */
export const augment = { crop: { areaRange: [0.7, 1] }, flipLeftRight: true, brightness: 0.1 } as const

/** The pictures of a folder to train on, and those held back: the same ones in every thread. */
export function pictures(dir: string, side: number) {
  const common = { size: [side, side], antialias: true, background: white, normalize: [-1, 1], workers: 0 } as const
  const parts = { train: 0.8, test: 0.2 }
  const { train } = imageFolder(dir, { ...common, augment }).split(parts, { seed: 7 })
  const { test } = imageFolder(dir, common).split(parts, { seed: 7 })
  return { train, test }
}

/** Batches for training, each of the same size. Runs in a worker, so it is named by module and export. */
export function trainingBatches(dir: string, side: number, batch: number, seed: number) {
  const { train } = pictures(dir, side)
  return train.globalShuffle({ seed }).batch(batch, { dropRemainder: train.table.length >= batch })
}

/** Batches of every picture that was held back. */
export function testBatches(dir: string, side: number, batch: number) {
  return pictures(dir, side).test.batch(batch)
}
