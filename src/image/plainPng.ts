import { inflateSync } from 'node:zlib'
import { DataLossError, messageOf } from '../core/errors.ts'
import type { Samples } from './channels.ts'
import { pngChunks } from './pngChunks.ts'
import type { PngHeader } from './pngHeader.ts'

/*
 * PNG without sharp. Rows are stored each after a byte that names its filter; an interlaced picture is seven smaller ones
 * (passes), of every 8th pixel to every 2nd. Bytes are copied three times: inflated, to the samples, to their channels.
 */

/** Where each pass of an interlaced picture begins, and how far apart its pixels are: x, y, across, down. */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const
const wholePicture = [[0, 0, 1, 1]] as const

/** What a PNG holds. */
interface Stored {
  readonly bitDepth: number
  readonly colorType: number
  readonly interlaced: boolean
  readonly palette: Uint8Array
  /** Alphas of the palette, or the samples of the one colour that is transparent; undefined for none. */
  readonly transparency: Uint8Array | undefined
  readonly compressed: Uint8Array
}

/** Decoded samples of a PNG. */
export interface PlainPixels {
  readonly data: Samples
  readonly width: number
  readonly height: number
  /** 1 to 4, with alpha where one colour is transparent. */
  readonly channels: number
}

/**
 * Decodes a PNG in plain TypeScript, to the same samples as libpng: those below 8 bits widened, a palette as colour.
 *
 * @throws DataLossError where it is damaged
 */
export function plainPngPixels(operation: string, bytes: Uint8Array, { width, height }: PngHeader): PlainPixels {
  try {
    const stored = readStored(bytes)
    return { ...expanded(samplesOf(stored, width, height), stored), width, height }
  } catch (error) {
    throw new DataLossError(`${operation}: the picture is damaged: ${messageOf(error)}.`, { cause: error })
  }
}

function readStored(bytes: Uint8Array): Stored {
  const found = new Map<string, Uint8Array[]>()
  for (const { name, content, intact } of pngChunks(bytes)) {
    // A capital letter says that a picture cannot be shown without the chunk.
    if (!intact && /^[A-Z]/.test(name)) throw new Error(`the checksum of ${name} is wrong`)
    const contents = found.get(name)
    if (contents !== undefined) contents.push(content)
    else if (intact) found.set(name, [content])
    if (name === 'IEND') break
  }
  const [bitDepth, colorType, , , interlace] = found.get('IHDR')?.[0].subarray(8) ?? []
  const palette = found.get('PLTE')?.[0] ?? new Uint8Array(0)
  if (colorType === 3 && palette.length < 3) throw new Error('it has no palette')
  return {
    bitDepth,
    colorType,
    interlaced: interlace === 1,
    palette,
    transparency: found.get('tRNS')?.[0],
    compressed: Buffer.concat(found.get('IDAT') ?? []),
  }
}

const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** The samples as they are stored: below 8 bits from 0 to 2^bits - 1, and of a palette its places. */
function samplesOf({ bitDepth, colorType, interlaced, compressed }: Stored, width: number, height: number): Samples {
  const channels = channelsOf[colorType]
  const passes = (interlaced ? adam7 : wholePicture).map(([x, y, across, down]) => {
    const columns = Math.ceil((width - x) / across)
    const rows = columns > 0 ? Math.max(0, Math.ceil((height - y) / down)) : 0
    return { x, y, across, down, columns, rows, rowBytes: Math.ceil((columns * channels * bitDepth) / 8) }
  })
  const size = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0)
  const lines = inflateSync(compressed, { maxOutputLength: size + 1 })
  if (lines.length < size) throw new Error('there are too few rows')
  const samples =
    bitDepth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels)
  const pixelBytes = Math.max(1, (channels * bitDepth) / 8)
  let at = 0
  for (const { x, y, across, down, columns, rows, rowBytes } of passes) {
    let above: Uint8Array = new Uint8Array(rowBytes)
    for (let row = 0; row < rows; row++) {
      const line = lines.subarray(at + 1, at + 1 + rowBytes)
      unfilter(lines[at], line, above, pixelBytes)
      const to = ((y + row * down) * width + x) * channels
      spread(line, bitDepth, columns * channels, samples, to, channels, across * channels)
      above = line
      at += 1 + rowBytes
    }
  }
  return samples
}

/** Undoes the filter of a row in place: each byte was stored less what its neighbours foretold. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  if (filter > 4) throw new Error(`there is no filter ${filter}`)
  if (filter === 0) return
  for (let i = 0; i < line.length; i++) {
    const left = i < pixelBytes ? 0 : line[i - pixelBytes]
    if (filter === 1) line[i] += left
    else if (filter === 2) line[i] += above[i]
    else if (filter === 3) line[i] += (left + above[i]) >> 1
    else line[i] += paeth(left, above[i], i < pixelBytes ? 0 : above[i - pixelBytes])
  }
}

/** Whichever of the three is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const [toLeft, toAbove] = [Math.abs(above - corner), Math.abs(left - corner)]
  const toCorner = Math.abs(left + above - 2 * corner)
  return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner
}

/** Puts the samples of a row where they belong: `step` from one pixel to the next. */
function spread(
  line: Uint8Array,
  bits: number,
  count: number,
  samples: Samples,
  start: number,
  channels: number,
  step: number,
): void {
  for (let i = 0, pixel = start; i < count; pixel += step) {
    for (let c = 0; c < channels; c++, i++) samples[pixel + c] = sampleAt(line, bits, i)
  }
}

function sampleAt(line: Uint8Array, bits: number, i: number): number {
  if (bits === 8) return line[i]
  if (bits === 16) return (line[2 * i] << 8) | line[2 * i + 1]
  const bit = i * bits
  return (line[bit >> 3] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1)
}

/** Samples of 8 or 16 bits, in the channels that the picture has. */
function expanded(
  samples: Samples,
  { bitDepth, colorType, palette, transparency }: Stored,
): { readonly data: Samples; readonly channels: number } {
  if (colorType === 3) return fromPalette(samples, palette, transparency)
  const channels = channelsOf[colorType]
  const key = transparency === undefined || channels % 2 === 0 ? undefined : keyOf(transparency, channels)
  const data = key === undefined ? samples : withKey(samples, channels, key)
  if (bitDepth < 8) {
    const most = (1 << bitDepth) - 1
    const places = key === undefined ? 1 : 2
    for (let i = 0; i < data.length; i += places) data[i] = (data[i] * 255) / most
  }
  return { data, channels: key === undefined ? channels : channels + 1 }
}

function fromPalette(
  places: Samples,
  palette: Uint8Array,
  alphas: Uint8Array | undefined,
): { readonly data: Uint8Array; readonly channels: number } {
  const channels = alphas === undefined ? 3 : 4
  const data = new Uint8Array(places.length * channels)
  for (let i = 0, at = 0; i < places.length; i++, at += channels) {
    const place = places[i]
    if (3 * place >= palette.length) throw new Error(`the palette has no colour ${place}`)
    for (let c = 0; c < 3; c++) data[at + c] = palette[3 * place + c]
    if (alphas !== undefined) data[at + 3] = alphas[place] ?? 255
  }
  return { data, channels }
}

function keyOf(transparency: Uint8Array, channels: number): number[] {
  return Array.from({ length: channels }, (_, c) => (transparency[2 * c] << 8) | transparency[2 * c + 1])
}

/** Adds the alpha of a picture in which one colour, `key`, is transparent. */
function withKey(samples: Samples, channels: number, key: readonly number[]): Samples {
  const count = samples.length / channels
  const wide = samples instanceof Uint16Array
  const data = wide ? new Uint16Array(count * (channels + 1)) : new Uint8Array(count * (channels + 1))
  const opaque = wide ? 65535 : 255
  for (let i = 0; i < count; i++) {
    let equal = true
    for (let c = 0; c < channels; c++) {
      const sample = samples[i * channels + c]
      data[i * (channels + 1) + c] = sample
      equal &&= sample === key[c]
    }
    data[i * (channels + 1) + channels] = equal ? 0 : opaque
  }
  return data
}
