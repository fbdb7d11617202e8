import { DataLossError, InvalidArgumentError } from '../core/errors.ts'

/*
 * A BMP file: 'BM', size (4, little-endian), reserved (4), offset of the pixels (4); then the information header: its
 * size (4), width (4), height (4, negative where the first row is the top one), planes (2), bits a pixel (2),
 * compression (4). Rows are padded to 4 bytes; colours are blue, green, red.
 */

/** What the header says. */
export interface BmpHeader {
  readonly width: number
  readonly height: number
  /** 1, 3 or 4. */
  readonly channels: number
}

/**
 * Reads the header of a BMP that can be decoded: uncompressed, of 8 bits (taken for gray, as TensorFlow does), 24 or 32.
 *
 * @throws DataLossError, InvalidArgumentError
 */
export function bmpHeader(
  operation: string,
  bytes: Uint8Array,
): BmpHeader & { readonly topDown: boolean; readonly offset: number } {
  if (bytes.length < 34) throw new DataLossError(`${operation}: the BMP is cut short within its header.`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)]
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)]
  if (![8, 24, 32].includes(bits) || (compression !== 0 && !(compression === 3 && bits === 32))) {
    throw new InvalidArgumentError(
      `${operation}: BMPs of ${bits} bits and compression ${compression} cannot be decoded.`,
      {
        hint: 'It takes uncompressed ones of 8, 24 or 32 bits.',
      },
    )
  }
  if (width <= 0 || height === 0)
    throw new DataLossError(`${operation}: the BMP says that it has ${width} x ${height} pixels.`)
  return { width, height: Math.abs(height), channels: bits / 8, topDown: height < 0, offset: view.getUint32(10, true) }
}

/** The pixels of a BMP, from its top row on, as gray, red-green-blue, or with alpha. */
export function bmpPixels(operation: string, bytes: Uint8Array): Uint8Array {
  const { width, height, channels, topDown, offset } = bmpHeader(operation, bytes)
  const stride = Math.ceil((width * channels) / 4) * 4
  if (offset + stride * height > bytes.length) {
    throw new DataLossError(
      `${operation}: the BMP is cut short: ${stride * height} bytes of pixels are due at ${offset}.`,
    )
  }
  const out = new Uint8Array(width * height * channels)
  for (let y = 0, o = 0; y < height; y++) {
    const row = offset + stride * (topDown ? y : height - 1 - y)
    for (let at = row; at < row + width * channels; at += channels) {
      if (channels === 1) out[o++] = bytes[at]
      else {
        out[o++] = bytes[at + 2]
        out[o++] = bytes[at + 1]
        out[o++] = bytes[at]
        if (channels === 4) out[o++] = bytes[at + 3]
      }
    }
  }
  return out
}
