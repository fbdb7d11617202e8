import { Rng, NdArray } from 'millrace'
import {
  adjustBrightness,
  cropResizeNormalize,
  cropToBoundingBox,
  flipLeftRight,
  normalize,
  randomResizedCropBox,
  resize,
} from 'millrace/image'
import type { Case } from '../measure.ts'
import { pythonSides } from '../python/python.ts'

/** Operations on decoded pictures of 500 x 375, into a place that is used again, as that of a batch is. */

const height = 375
const width = 500
const size = [224, 224] as const

/** Bytes of a smooth picture with some noise. */
function picture(): NdArray<'uint8', 3> {
  const rng = new Rng({ a: 1, b: 0 })
  const data = new Uint8Array(height * width * 3)
  for (let i = 0; i < data.length; i++) {
    data[i] = 100 + 80 * Math.sin(i / 5000) + rng.integer(40)
  }
  return new NdArray('uint8', [height, width, 3], data)
}

const rangeOfBytes = { range: [-1, 1], from: [0, 255] } as const

/** The kernel that everything else is made of. */
export const resizing: Case = {
  name: 'image resize',
  element: 'picture',
  async open(quick) {
    const count = quick ? 20 : 500
    const image = picture()
    const out = new Float32Array(size[0] * size[1] * 3)
    const peers = await pythonSides(
      { tf_resize: 'tf.image.resize', cv2_resize: 'OpenCV, to bytes', torch_resize: 'torch interpolate' },
      count,
    )
    const run = (resizeOne: () => unknown) => (): number => {
      for (let i = 0; i < count; i++) resizeOne()
      return count
    }
    return {
      sides: [
        { name: 'millrace', run: run(() => resize(image, size, { out })) },
        { name: 'millrace, antialias', run: run(() => resize(image, size, { antialias: true, out })) },
        ...peers,
      ],
    }
  },
}

/** Random crop, flip, brightness and normalization on top of resizing, in one pass and one after the other. */
export const augmenting: Case = {
  name: 'image augmentation',
  element: 'picture',
  async open(quick) {
    const count = quick ? 20 : 500
    const image = picture()
    const out = new Float32Array(size[0] * size[1] * 3)
    const peers = await pythonSides({ tf_augment: 'tf.image, in a graph' }, count)
    const run = (augment: (rng: Rng) => unknown) => (): number => {
      for (let i = 0; i < count; i++) augment(new Rng({ a: i, b: 1 }))
      return count
    }
    const draw = (rng: Rng) => ({
      crop: randomResizedCropBox(height, width, rng),
      flip: rng.uniform() < 0.5,
      delta: rng.uniform(-25, 25),
    })
    return {
      sides: [
        {
          name: 'millrace, in one pass',
          run: run((rng) => {
            const { crop, flip, delta } = draw(rng)
            cropResizeNormalize(image, size, {
              crop,
              flipLeftRight: flip,
              brightness: delta,
              normalize: rangeOfBytes,
              out,
            })
          }),
        },
        { name: 'millrace, resize alone', run: run(() => resize(image, size, { out })) },
        {
          name: 'millrace, one after the other',
          run: run((rng) => {
            const { crop, flip, delta } = draw(rng)
            const { offsetHeight, offsetWidth, targetHeight, targetWidth } = crop
            const part = cropToBoundingBox(image, offsetHeight, offsetWidth, targetHeight, targetWidth)
            const resized = resize(part, size)
            normalize(adjustBrightness(flip ? flipLeftRight(resized) : resized, delta), rangeOfBytes, { out })
          }),
        },
        ...peers,
      ],
    }
  },
}
