/*
 * A PNG file: 8 bytes of signature, then chunks: length (4, big-endian), name (4), content, CRC-32 (4). The first chunk is
 * IHDR: width (4), height (4), bit depth, colour type, compression, filter, interlace; the last one IEND.
 */

/** What the first chunks say. */
export interface PngHeader {
  readonly width: number
  readonly height: number
  /** Bits a sample, or an index of the palette: 1, 2, 4, 8 or 16. */
  readonly bitDepth: number
  /** Channels when it is decoded: a palette counts as 3, or 4 where it has alpha. */
  readonly channels: 1 | 2 | 3 | 4
  /** Whether the chunks go on to IEND. */
  readonly whole: boolean
}

const palette = 3

/** Bit depths of each colour type, and its channels: gray, RGB, palette, gray and alpha, RGB and alpha. */
const colorTypes: Readonly<Record<number, { readonly depths: readonly number[]; readonly channels: 1 | 2 | 3 | 4 }>> = {
  0: { depths: [1, 2, 4, 8, 16], channels: 1 },
  2: { depths: [8, 16], channels: 3 },
  3: { depths: [1, 2, 4, 8], channels: 3 },
  4: { depths: [8, 16], channels: 2 },
  6: { depths: [8, 16], channels: 4 },
}

/** Reads the header of a PNG; undefined where there is no valid one. */
export function pngHeader(bytes: Uint8Array): PngHeader | undefined {
  if (bytes.length < 33) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (chunkName(view, 8) !== 'IHDR') return undefined
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  const bitDepth = bytes[24]
  const kind = colorTypes[bytes[25]] as (typeof colorTypes)[number] | undefined
  if (width === 0 || height === 0 || kind?.depths.includes(bitDepth) !== true) return undefined
  let transparent = false
  let at = 33
  while (at + 12 <= bytes.length && chunkName(view, at) !== 'IEND') {
    transparent ||= chunkName(view, at) === 'tRNS'
    at += 12 + view.getUint32(at)
  }
  const whole = at + 12 <= bytes.length
  return { width, height, bitDepth, channels: bytes[25] === palette && transparent ? 4 : kind.channels, whole }
}

function chunkName(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5), view.getUint8(at + 6), view.getUint8(at + 7))
}
