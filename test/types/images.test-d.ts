import { describe, expectTypeOf, it } from 'vitest'
import { Dataset, type NdArray } from '../../src/index.ts'
import {
  decodeImage,
  decodePng,
  type ImageDataset,
  imageFolder,
  imagePaths,
  type LabelledImage,
  loadImages,
} from '../../src/image/index.ts'

describe('folders of pictures', () => {
  it('have labels as asked for, through every choice of elements', () => {
    expectTypeOf(imageFolder('a')).toEqualTypeOf<ImageDataset<LabelledImage>>()
    expectTypeOf(imageFolder('a').split({ train: 0.9, test: 0.1 }).train.globalShuffle().take(5)).toEqualTypeOf<
      ImageDataset<LabelledImage>
    >()
    expectTypeOf(imageFolder('a', { labelMode: 'categorical' })).toEqualTypeOf<
      ImageDataset<LabelledImage<NdArray<'float32', 1>>>
    >()
    expectTypeOf(imageFolder('a').batch(4)).toExtend<
      Dataset<{
        readonly image: NdArray<'uint8' | 'float32', 4>
        readonly label: NdArray<'int32' | 'float32' | 'float64' | 'int8' | 'int16' | 'uint8' | 'uint16' | 'uint32', 1>
      }>
    >()
    // @ts-expect-error pictures without labels have none
    void imageFolder('a', { labels: 'none' }).map(({ label }) => label as unknown)
  })

  it('load any dataset of paths or bytes', () => {
    expectTypeOf(imagePaths('a').pipe(loadImages())).toExtend<
      Dataset<{ readonly image: NdArray<'uint8' | 'float32', 3>; readonly label: number }>
    >()
    const bytes = Dataset.fromGenerator([new Uint8Array(1)])
    expectTypeOf(bytes.pipe(loadImages<Uint8Array>())).toEqualTypeOf<Dataset<NdArray<'uint8' | 'float32', 3>>>()
  })
})

describe('decoding', () => {
  it('gives the dtype asked for', () => {
    expectTypeOf(decodePng(new Uint8Array(1))).toEqualTypeOf<Promise<NdArray<'uint8', 3>>>()
    expectTypeOf(decodePng(new Uint8Array(1), { dtype: 'uint16' })).toEqualTypeOf<Promise<NdArray<'uint16', 3>>>()
    expectTypeOf(decodeImage(new Uint8Array(1), { dtype: 'float32' })).toEqualTypeOf<Promise<NdArray<'float32'>>>()
    // @ts-expect-error there is no such dtype
    void decodePng(new Uint8Array(1), { dtype: 'float32' })
  })
})
