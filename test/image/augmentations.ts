import { Dataset } from '../../src/dataset/dataset.ts'
import * as image from '../../src/image/index.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { noiseBytes } from '../kernels/noise.ts'

/** Pictures through every random operation on one image, in a form that a worker can run too. */
export function augmented(count: number, seed: number) {
  return Dataset.range(count)
    .map((i) => ndarray(noiseBytes(8 * 9 * 3, i + 1), [8, 9, 3]))
    .map((x, { rng }) => {
      const flipped = image.randomFlipUpDown(image.randomFlipLeftRight(x, rng), rng)
      const brighter = image.randomContrast(image.randomBrightness(flipped, 0.2, rng), 0.5, 1.5, rng)
      const coloured = image.randomSaturation(image.randomHue(brighter, 0.3, rng), 0.5, 1.5, rng)
      const holed = image.cutout(image.randomCrop(coloured, [6, 7], rng), 2, rng)
      return { image: image.randomResizedCrop(holed, [5, 4], rng) }
    })
    .withOptions({ seed })
}

/** Batches of them, mixed. */
export function mixed(count: number, seed: number) {
  return augmented(count, seed)
    .batch(4, { dropRemainder: true })
    .map(({ image: x }, { rng }) => {
      const labels = ndarray([0, 1, 2, 3])
      const { images, labels: shares } = image.mixup(x, labels, rng, { numClasses: 4 })
      return image.cutmix(images, shares, rng)
    })
}
