import { InvalidArgumentError } from '../core/errors.ts'

/** Channels asked for: 0 for those of the file, 1 gray, 3 colour, 4 colour and alpha. */
export type Channels = 0 | 1 | 3 | 4

/** Samples of 8 or 16 bits, pixel after pixel. */
export type Samples = Uint8Array | Uint16Array

/** Refuses channels that the operation does not make. */
export function checkChannels<C extends number>(operation: string, channels: unknown, known: readonly C[]): C {
  if (known.includes(channels as C)) return channels as C
  const list = known.slice(0, -1).join(', ')
  throw new InvalidArgumentError(`${operation}: channels must be ${list} or ${known.at(-1)}, got ${String(channels)}.`)
}

/**
 * Pixels with other channels, as libpng makes them for TensorFlow: alpha is dropped, or added as opaque; gray is
 * repeated; colour becomes (9797 r + 19234 g + 3737 b) / 32768, of 8 bits cut off and of 16 bits rounded.
 *
 * @param pixels with `from` channels, where 2 is gray and alpha
 * @returns new samples, or `pixels` themselves where nothing changes
 */
export function convertChannels<S extends Samples>(pixels: S, from: number, to: number): S {
  if (from === to) return pixels
  const count = pixels.length / from
  const wide = pixels.BYTES_PER_ELEMENT === 2
  const out = (wide ? new Uint16Array(count * to) : new Uint8Array(count * to)) as S
  const opaque = wide ? 65535 : 255
  const rounding = wide ? 16384 : 0
  const colored = from > 2
  for (let i = 0, at = 0, o = 0; i < count; i++, at += from, o += to) {
    const first = pixels[at]
    const green = colored ? pixels[at + 1] : first
    const blue = colored ? pixels[at + 2] : first
    const alpha = from % 2 === 0 ? pixels[at + from - 1] : opaque
    if (to < 3) {
      out[o] = colored ? (9797 * first + 19234 * green + 3737 * blue + rounding) / 32768 : first
      if (to === 2) out[o + 1] = alpha
    } else {
      out[o] = first
      out[o + 1] = green
      out[o + 2] = blue
      if (to === 4) out[o + 3] = alpha
    }
  }
  return out
}

/** CMYK as TensorFlow makes colour of it, one ink less light each; Adobe's files hold it inverted. */
export function cmykToRgb(cmyk: Uint8Array, inverted: boolean): Uint8Array {
  const count = cmyk.length / 4
  const out = new Uint8Array(3 * count)
  for (let i = 0; i < count; i++) {
    const k = cmyk[4 * i + 3]
    for (let c = 0; c < 3; c++) {
      const ink = cmyk[4 * i + c]
      out[3 * i + c] = inverted ? (k * ink) / 255 : ((255 - k) * (255 - ink)) / 255
    }
  }
  return out
}

/** Colour of pixels with alpha, 4 channels of 8 bits, laid over a background. */
export function overBackground(pixels: Uint8Array, background: readonly number[]): Uint8Array {
  const count = pixels.length / 4
  const out = new Uint8Array(3 * count)
  for (let i = 0; i < count; i++) {
    const cover = pixels[4 * i + 3] / 255
    for (let c = 0; c < 3; c++) out[3 * i + c] = Math.round(pixels[4 * i + c] * cover + background[c] * (1 - cover))
  }
  return out
}
