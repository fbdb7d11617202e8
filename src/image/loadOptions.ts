import { checkBoolean, checkOptions, wrongArgument } from '../core/checks.ts'
import { checkChannels, type Channels } from './channels.ts'
import { isAccurate, type DecodeJpegOptions } from './decodeJpeg.ts'
import { checkLimits, limitNames, type ImageLimits } from './imageLimits.ts'
import { checkPreparation, prepareNames, type PrepareImageOptions, type Preparation } from './prepareImage.ts'

/** How pictures are read, decoded and made ready: what `loadImages` does to each. */
export interface LoadOptions extends PrepareImageOptions, ImageLimits {
  /** 3 colour, the default; 1 gray, 4 colour and alpha, or 0 as in each file, which cannot be batched where they differ. */
  readonly channels?: Channels
  /** The inverse DCT of JPEGs; see `decodeJpeg`. */
  readonly dctMethod?: DecodeJpegOptions['dctMethod']
  /**
   * Whether large JPEGs are decoded at a half, a quarter or an eighth of their size, where that is no smaller than `size`:
   * faster, with another result. False by default.
   */
  readonly scaledDecoding?: boolean
  /**
   * Red, green and blue, from 0 to 255, that transparent pixels are laid over, for 1 or 3 channels. By default alpha is
   * dropped, as in TensorFlow, which shows whatever colour transparent pixels have.
   */
  readonly background?: readonly [number, number, number]
  /** Whether pictures are turned upright as their EXIF says; false by default, as in TensorFlow. */
  readonly orient?: boolean
}

/** Names of the options. */
export const loadNames = [
  ...prepareNames,
  ...limitNames,
  'channels',
  'dctMethod',
  'scaledDecoding',
  'background',
  'orient',
] as const

/** The options, checked, with their defaults: plain data, which can travel to a thread. */
export interface LoadPlan {
  readonly preparation: Preparation
  readonly channels: Channels
  readonly dctMethod: 'INTEGER_FAST' | 'INTEGER_ACCURATE'
  readonly scaledDecoding: boolean
  readonly background: readonly [number, number, number] | undefined
  readonly orient: boolean
  readonly limits: ImageLimits
}

/** Refuses options that are none, or do not go together. */
export function checkLoad(operation: string, options: LoadOptions): LoadPlan {
  checkOptions(operation, options, loadNames)
  const channels = checkChannels(operation, options.channels ?? 3, [0, 1, 3, 4])
  checkLimits(operation, options)
  const { maxPixels, maxBytes, size } = options
  const scaledDecoding = checkBoolean(operation, 'scaledDecoding', options.scaledDecoding ?? false)
  if (scaledDecoding && size === undefined)
    throw wrongArgument(operation, 'size', 'given where scaledDecoding is', size)
  const { background } = options
  if (background !== undefined) checkBackground(operation, background, channels)
  return {
    background,
    preparation: checkPreparation(operation, options, channels),
    channels,
    dctMethod: isAccurate(operation, options.dctMethod) ? 'INTEGER_ACCURATE' : 'INTEGER_FAST',
    scaledDecoding,
    orient: checkBoolean(operation, 'orient', options.orient ?? false),
    limits: { ...(maxPixels !== undefined && { maxPixels }), ...(maxBytes !== undefined && { maxBytes }) },
  }
}

function checkBackground(operation: string, background: unknown, channels: Channels): void {
  const isLevel = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 255
  if (!Array.isArray(background) || background.length !== 3 || !background.every(isLevel)) {
    throw wrongArgument(operation, 'background', 'three numbers from 0 to 255', background)
  }
  if (channels !== 1 && channels !== 3)
    throw wrongArgument(operation, 'channels', '1 or 3 where background is given', channels)
}
