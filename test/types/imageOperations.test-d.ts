import { describe, expectTypeOf, it } from 'vitest'
import type { Rng } from '../../src/index.ts'
import { Dataset, type NdArray } from '../../src/index.ts'
import {
  adjustHue,
  convertImageDtype,
  cropAndResize,
  cropResizeNormalize,
  cutmix,
  drawBoundingBoxes,
  flipLeftRight,
  mixup,
  normalize,
  randomFlipLeftRight,
  resize,
  resizeWithPad,
  rgbToHsv,
} from '../../src/image/index.ts'

declare const bytes: NdArray<'uint8', 3>
declare const batch: NdArray<'uint8', 4>
declare const floats: NdArray<'float32', 3>
declare const masks: NdArray<'bool', 3>
declare const texts: NdArray<'string', 3>
declare const labels: NdArray<'int32', 1>
declare const rng: Rng

describe('operations on images', () => {
  it('keep dtype and rank where the operation does', () => {
    expectTypeOf(flipLeftRight(bytes)).toEqualTypeOf<NdArray<'uint8', 3>>()
    expectTypeOf(flipLeftRight(masks)).toEqualTypeOf<NdArray<'bool', 3>>()
    expectTypeOf(adjustHue(batch, 0.1)).toEqualTypeOf<NdArray<'uint8', 4>>()
    expectTypeOf(randomFlipLeftRight(floats, rng)).toEqualTypeOf<NdArray<'float32', 3>>()
    expectTypeOf(drawBoundingBoxes(bytes, [[0, 0, 1, 1]])).toEqualTypeOf<NdArray<'uint8', 3>>()
  })

  it('resize to float32, but for the nearest pixel', () => {
    expectTypeOf(resize(bytes, [2, 2])).toEqualTypeOf<NdArray<'float32', 3>>()
    expectTypeOf(resize(batch, [2, 2], { method: 'bicubic' })).toEqualTypeOf<NdArray<'float32', 4>>()
    expectTypeOf(resize(batch, [2, 2], { method: 'nearest' })).toEqualTypeOf<NdArray<'uint8', 4>>()
    expectTypeOf(resize(bytes, [2, 2], { method: 1 })).toEqualTypeOf<NdArray<'uint8', 3>>()
    expectTypeOf(resizeWithPad(bytes, 2, 2)).toEqualTypeOf<NdArray<'float32', 3>>()
    expectTypeOf(cropResizeNormalize(bytes, [2, 2])).toEqualTypeOf<NdArray<'float32', 3>>()
    expectTypeOf(cropAndResize(batch, [[0, 0, 1, 1]], [0], [2, 2])).toEqualTypeOf<NdArray<'float32', 4>>()
  })

  it('convert', () => {
    expectTypeOf(convertImageDtype(bytes, 'float32')).toEqualTypeOf<NdArray<'float32', 3>>()
    expectTypeOf(normalize(batch, [-1, 1])).toEqualTypeOf<NdArray<'float32', 4>>()
    expectTypeOf(mixup(batch, labels, rng, { numClasses: 2 }).images).toEqualTypeOf<NdArray<'float32', 4>>()
    expectTypeOf(cutmix(batch, labels, rng, { numClasses: 2 }).images).toEqualTypeOf<NdArray<'uint8', 4>>()
  })

  it('fit into a pipeline', () => {
    const pictures = Dataset.fromGenerator([bytes]).map((x, { rng: own }) => randomFlipLeftRight(x, own))
    expectTypeOf(pictures.batch(2)).toEqualTypeOf<Dataset<NdArray<'uint8', 4>>>()
  })

  it('refuse what they cannot do', () => {
    // @ts-expect-error text is no picture
    flipLeftRight(texts)
    // @ts-expect-error a size has two numbers
    resize(bytes, [2])
    // @ts-expect-error there is no such method
    resize(bytes, [2, 2], { method: 'cubic' })
    // @ts-expect-error the nearest pixel is a byte
    resize(bytes, [2, 2], { method: 'nearest', out: new Float32Array(12) })
    // @ts-expect-error hue and saturation are fractions
    rgbToHsv(bytes)
    // @ts-expect-error a mean needs a deviation
    normalize(bytes, { mean: 1 })
    // @ts-expect-error there is no such dtype
    convertImageDtype(bytes, 'float16')
  })
})
