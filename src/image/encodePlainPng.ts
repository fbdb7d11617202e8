import { deflateSync } from 'node:zlib'
import type { Samples } from './channels.ts'
import { pngChunk, pngSignature } from './pngChunks.ts'

/** Size of a picture, and its channels: 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha. */
export interface PngSize {
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** The number of each kind in a file. */
const colorTypes = [0, 4, 2, 6]

/**
 * Encodes samples of 8 or 16 bits as PNG without sharp, in rows without filters.
 *
 * @param level effort of zlib, from 0 to 9; 6 by default
 */
export function encodePlainPng(samples: Samples, { width, height, channels }: PngSize, level = 6): Uint8Array {
  const bytes = samples.BYTES_PER_ELEMENT
  const rowSamples = width * channels
  const rows = Buffer.alloc(height * (rowSamples * bytes + 1))
  for (let row = 0, at = 0; row < height; row++) {
    // The filter of the row: none.
    at++
    for (let i = row * rowSamples; i < (row + 1) * rowSamples; i++) {
      at = bytes === 1 ? rows.writeUInt8(samples[i], at) : rows.writeUInt16BE(samples[i], at)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8 * bytes
  header[9] = colorTypes[channels - 1]
  return Buffer.concat([
    pngSignature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows, { level })),
    pngChunk('IEND', new Uint8Array(0)),
  ])
}
