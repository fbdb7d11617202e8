import { deflateSync } from 'node:zlib'
import { InvalidArgumentError } from '../../core/errors.ts'
import { shapeText } from '../../core/spec.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { EncodedImage } from './event.ts'

/*
 * A PNG file: 8 bytes of signature, then chunks, big-endian:
 *
 *     length uint32, type 4 letters, data, CRC-32 of type and data
 *     IHDR: width uint32, height uint32, bits a sample, colour type (0 grey, 2 RGB, 6 RGBA), 0, 0, 0
 *     IDAT: zlib of the rows, each after a byte that names its filter (0: none)
 *     IEND
 */

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const colorTypes: Readonly<Record<number, number>> = { 1: 0, 3: 2, 4: 6 }

/**
 * A picture as PNG, for TensorBoard.
 *
 * @param picture [height, width, 1, 3 or 4] (or [height, width]): uint8 from 0 to 255, or float from 0 to 1
 * @throws InvalidArgumentError where it has another shape or dtype
 */
export function encodePng({ dtype, shape, data }: NdArray): EncodedImage {
  const [height, width, channels = 1] = shape
  const colorType = colorTypes[channels] as number | undefined
  const float = dtype === 'float32' || dtype === 'float64'
  if (shape.length < 2 || shape.length > 3 || colorType === undefined || (!float && dtype !== 'uint8')) {
    throw new InvalidArgumentError(`tensorBoard: a picture is ${dtype} ${shapeText(shape)}.`, {
      hint: 'It has to be [height, width, 1, 3 or 4], uint8, or float from 0 to 1.',
    })
  }
  const values = data as Uint8Array
  const rowBytes = width * channels
  const rows = new Uint8Array(height * (rowBytes + 1))
  for (let row = 0; row < height; row++) {
    for (let i = 0; i < rowBytes; i++) {
      const value = values[row * rowBytes + i]
      rows[row * (rowBytes + 1) + 1 + i] = float ? Math.round(255 * Math.min(1, Math.max(0, value))) : value
    }
  }
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  header.setUint8(9, colorType)
  const png = Buffer.concat([
    signature,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array(0)),
  ])
  return { width, height, channels, png }
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(Buffer.from(type, 'latin1'), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
