import { ndarray, type NdArray } from '../../index.ts'
import { decodeImage, imageFormat } from '../../image/index.ts'
import { decodeExample, tfrecords, type DecodedFeature } from '../../tfrecord/index.ts'
import type { PreviewOptions } from './command.ts'
import { countLabels, noPictures, type Picture, type Pictures } from './pictures.ts'

type Features = Readonly<Record<string, DecodedFeature | undefined>>

/** Names that features of labels usually have; texts before numbers. */
const labelNames = ['image/class/text', 'class', 'label_name', 'image/class/label', 'label']

/**
 * The pictures in the Examples of a TFRecord file: those in a bytes feature that begins as a picture does, or raw pixels
 * where there are `height` and `width` beside them or their shape is given.
 */
export async function recordPictures(path: string, { feature, shape }: PreviewOptions): Promise<Pictures> {
  const first = await tfrecords(path).first()
  const features = first && featuresOf(path, first)
  const name = features && (feature ?? Object.keys(features).find((key) => isPicture(features, key, shape)))
  if (name === undefined || features?.[name]?.kind !== 'bytes') {
    throw noPictures(
      path,
      'Its Examples must have one in a bytes feature, encoded, or raw with height and width: --feature names it, --shape says what raw pixels are.',
    )
  }
  const records = tfrecords(path)
  return {
    length: await records.reduce(0, (count) => count + 1),
    classNames: [],
    async *elements() {
      for await (const record of records) yield await pictureOf(path, featuresOf(path, record), name, shape)
    },
    counts: () => countLabels(labelsOf(records.map((record) => ({ label: labelOf(featuresOf(path, record)) ?? '' })))),
  }
}

async function* labelsOf(
  elements: AsyncIterable<{ readonly label: number | string }>,
): AsyncIterable<number | string | undefined> {
  for await (const { label } of elements) yield label === '' ? undefined : label
}

function featuresOf(path: string, record: Uint8Array): Features {
  try {
    return decodeExample(record)
  } catch {
    throw noPictures(path, 'Its records are no tf.train.Examples.')
  }
}

/** Height, width and channels, where the command says them. */
type Shape = PreviewOptions['shape']

function isPicture(features: Features, name: string, shape: Shape): boolean {
  const bytes = bytesOf(features[name])
  if (bytes === undefined) return false
  return imageFormat(bytes) !== undefined || sizeOf(features, bytes, shape) !== undefined
}

async function pictureOf(path: string, features: Features, name: string, shape: Shape): Promise<Picture> {
  const bytes = bytesOf(features[name]) ?? new Uint8Array(0)
  const size = imageFormat(bytes) === undefined ? sizeOf(features, bytes, shape) : undefined
  if (size === undefined && shape !== undefined) {
    throw noPictures(path, `Feature ${name} holds ${bytes.length} bytes, not ${shape.join(' x ')}.`)
  }
  const image = size === undefined ? await decodeImage(bytes, { expandAnimations: false }) : ndarray(bytes, size)
  const boxes = boxesOf(features)
  return { image, label: labelOf(features), ...(boxes && { boxes }) }
}

function bytesOf(feature: DecodedFeature | undefined): Uint8Array | undefined {
  return feature?.kind === 'bytes' && feature.values.length === 1 ? feature.values[0] : undefined
}

/** Height, width and channels of raw pixels, where features say them and they fit. */
function sizeOf(features: Features, bytes: Uint8Array, shape: Shape): readonly number[] | undefined {
  if (shape !== undefined) return shape.reduce((size, side) => size * side, 1) === bytes.length ? shape : undefined
  const [height, width] = [numberOf(features, 'height'), numberOf(features, 'width')]
  if (height === undefined || width === undefined) return undefined
  const channels = bytes.length / (height * width)
  return [1, 2, 3, 4].includes(channels) ? [height, width, channels] : undefined
}

function numberOf(features: Features, name: string): number | undefined {
  const feature = features[name] ?? features[`image/${name}`]
  return feature?.kind === 'int64' && feature.values.length === 1 ? Number(feature.values[0]) : undefined
}

function labelOf(features: Features): number | string | undefined {
  for (const name of labelNames) {
    const feature = features[name]
    if (feature === undefined || feature.values.length === 0) continue
    return feature.kind === 'bytes' ? Buffer.from(feature.values[0]).toString() : Number(feature.values[0])
  }
  return undefined
}

/** Boxes as the Object Detection API stores them. */
function boxesOf(features: Features): NdArray | undefined {
  const sides = ['ymin', 'xmin', 'ymax', 'xmax'].map((side) => features[`image/object/bbox/${side}`])
  const values = sides.map((side) => (side?.kind === 'float' ? [...side.values] : undefined))
  const [ymin] = values
  if (ymin === undefined || !values.every((side) => side?.length === ymin.length)) return undefined
  return ndarray(Float32Array.from(ymin.flatMap((_, i) => values.map((side) => side?.[i] ?? 0))), [ymin.length, 4])
}
