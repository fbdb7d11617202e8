import type { Samples } from './channels.ts'
import type { DecodedSamples } from './decodeImage.ts'

/**
 * Turns a picture upright: EXIF's orientation says how row and column of what is stored become those of what is seen. It
 * is 1 to 8: 2 mirrored, 3 turned by half, 4 upside down, 5 transposed, 6 turned by a quarter to the right, 7 transposed
 * over the other diagonal, 8 turned by a quarter to the left.
 */
export function orientSamples({ data, shape }: DecodedSamples, orientation: number): DecodedSamples {
  if (orientation < 2 || orientation > 8 || shape.length !== 3) return { data, shape }
  const [height, width, channels] = shape
  const swapped = orientation > 4
  const [outHeight, outWidth] = swapped ? [width, height] : [height, width]
  const fromRight = [2, 3, 7, 8].includes(orientation)
  const fromBottom = [3, 4, 6, 7].includes(orientation)
  const out: Samples = data instanceof Uint8Array ? new Uint8Array(data.length) : new Uint16Array(data.length)
  let o = 0
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const [row, column] = swapped ? [x, y] : [y, x]
      const at = ((fromBottom ? height - 1 - row : row) * width + (fromRight ? width - 1 - column : column)) * channels
      for (let c = 0; c < channels; c++) out[o++] = data[at + c]
    }
  }
  return { data: out, shape: [outHeight, outWidth, channels] }
}
