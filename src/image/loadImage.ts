import { errorClasses, messageOf, MillraceError, UnknownError } from '../core/errors.ts'
import type { Rng } from '../core/random.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { convertChannels, overBackground } from './channels.ts'
import { decodeImage } from './decodeImage.ts'
import type { Sample } from './cropResizeNormalize.ts'
import { decodeJpegInto, readJpegHeader, sampleJpeg, type JpegRequest } from './decodeJpeg.ts'
import { imageFormat } from './imageFormat.ts'
import type { JpegHeader } from './jpegHeader.ts'
import type { LoadPlan } from './loadOptions.ts'
import { orientSamples } from './orient.ts'
import { inOnePass, prepareChecked, type Room } from './prepareImage.ts'
import { readPicture } from './readPicture.ts'
import { turboBinding } from './turboBinding.ts'

/*
 * The way of a JPEG: the file is read into memory, and some rows at a time are decoded into the memory of the kernels, resized
 * there and copied out, so that all of it stays in the cache. Files are read at once: in a thread of its own nothing else
 * waits for that.
 */

/**
 * Reads, decodes and prepares one picture, given its path or its bytes. Of a JPEG all is done at once; other formats give
 * a promise.
 *
 * @param room memory for the result, used where all of it is one pass
 * @throws NotFoundError and the like where a file cannot be read; the errors of `decodeImage`, with the path
 */
export function loadImage(
  source: string | Uint8Array,
  plan: LoadPlan,
  rng: Rng,
  room?: Room,
): NdArray<'uint8' | 'float32', 3> | Promise<NdArray<'uint8' | 'float32', 3>> {
  const bytes = typeof source === 'string' ? readPicture(source, plan.limits.maxBytes) : source
  if (imageFormat(bytes) !== 'jpeg') return loadOther(source, bytes, plan, rng, room)
  try {
    return loadJpeg(bytes, plan, rng, room)
  } catch (error) {
    throw atFile(error, source)
  }
}

async function loadOther(
  source: string | Uint8Array,
  bytes: Uint8Array,
  { channels, background, orient, limits, preparation }: LoadPlan,
  rng: Rng,
  room: Room | undefined,
): Promise<NdArray<'uint8' | 'float32', 3>> {
  try {
    const wanted = background === undefined ? channels : 4
    const decoded = await decodeImage(bytes, { channels: wanted, orient, expandAnimations: false, ...limits })
    const image = background === undefined ? decoded : flattened(decoded, background, channels)
    return prepareChecked(image, preparation, rng, room)
  } catch (error) {
    throw atFile(error, source)
  }
}

/** A picture with alpha laid over a background. */
function flattened(
  { shape, data }: NdArray<'uint8'>,
  background: readonly number[],
  channels: number,
): NdArray<'uint8'> {
  const pixels = convertChannels(overBackground(data, background), 3, channels)
  return new NdArray('uint8', [shape[0], shape[1], channels], pixels)
}

function loadJpeg(
  bytes: Uint8Array,
  plan: LoadPlan,
  rng: Rng,
  room: Room | undefined,
): NdArray<'uint8' | 'float32', 3> {
  const { channels: wanted, preparation, orient, dctMethod, limits } = plan
  const header = readJpegHeader('decodeJpeg', bytes, limits)
  const channels = wanted === 0 ? Math.min(header.components, 3) : Math.min(wanted, 3)
  const ratio = plan.scaledDecoding ? ratioFor(header, preparation.size ?? [1, 1]) : 1
  const [width, height] = [Math.ceil(header.width / ratio), Math.ceil(header.height / ratio)]
  const turns = orient && header.orientation !== 1
  const accurate = dctMethod === 'INTEGER_ACCURATE'
  const request: JpegRequest = { operation: 'decodeJpeg', ratio, width, height, channels, accurate }
  if (preparation.isOnePass && !turns && wanted !== 4) {
    const sample: Sample = (...sampling) => sampleJpeg(bytes, header, request, ...sampling)
    return inOnePass({ height, width, channels }, sample, preparation, rng, room)
  }
  const pixels = new Uint8Array(width * height * channels)
  decodeJpegInto(bytes, header, request, pixels)
  const image = new NdArray<'uint8', 3>('uint8', [height, width, channels], pixels)
  return prepareChecked(withAlpha(turns ? upright(image, header) : image, wanted), preparation, rng, room)
}

function upright(image: NdArray<'uint8', 3>, { orientation }: JpegHeader): NdArray<'uint8', 3> {
  const { data, shape } = orientSamples(image, orientation)
  return new NdArray('uint8', shape, data as Uint8Array)
}

/** Adds the opaque alpha that is asked for where there is none in the file. */
function withAlpha(image: NdArray<'uint8', 3>, wanted: number): NdArray<'uint8', 3> {
  if (wanted !== 4) return image
  const [height, width] = image.shape
  return new NdArray('uint8', [height, width, 4], convertChannels(image.data, 3, 4))
}

/** The largest ratio that leaves no fewer pixels than the result has; below 4 the native decoder is faster at full size. */
function ratioFor(
  { width, height, components }: JpegHeader,
  [outHeight, outWidth]: readonly [number, number],
): 1 | 2 | 4 | 8 {
  const native = components !== 4 && turboBinding() !== undefined
  const ratios = native ? ([8, 4] as const) : ([8, 4, 2] as const)
  return ratios.find((ratio) => Math.ceil(height / ratio) >= outHeight && Math.ceil(width / ratio) >= outWidth) ?? 1
}

/** The same error, with the file that it is about. */
function atFile(error: unknown, source: string | Uint8Array): unknown {
  if (typeof source !== 'string') return error
  const Class = error instanceof MillraceError ? (errorClasses[error.name] ?? UnknownError) : UnknownError
  return new Class(`${source}: ${messageOf(error)}`, { file: source, cause: error })
}
