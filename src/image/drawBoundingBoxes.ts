import { InvalidArgumentError } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import { describe, isNdArray, NdArray } from '../ndarray/ndarray.ts'
import type { PixelData } from '../kernels/pixels.ts'
import { boxValues, numbersOf, type Boxes } from './boxValues.ts'
import { convertValues } from './convertImageDtype.ts'
import { checkImage, type ImageShape } from './imageShape.ts'
import { copyOfValues } from './values.ts'

/** Colours, one a row: a number from 0 to 1 for each channel. */
export type Colours = NdArray | readonly (readonly number[])[]

/** Yellow, blue, red, lime, purple, olive, maroon, navy, aqua and fuchsia, with opacity. */
const palette = [
  [1, 1, 0, 1],
  [0, 0, 1, 1],
  [1, 0, 0, 1],
  [0, 1, 0, 1],
  [0.5, 0, 0.5, 1],
  [0.5, 0.5, 0, 1],
  [0.5, 0, 0, 1],
  [0, 0, 0.5, 1],
  [0, 1, 1, 1],
  [1, 0, 1, 1],
] as const

/**
 * Draws boxes one pixel wide on a copy of an image, or of each of a batch (`tf.image.draw_bounding_boxes`). The part of a
 * box that lies outside is left out, and so is a box whose ends are the wrong way round.
 *
 * @param image float32, or uint8 whose colours are then scaled to 0..255, with 1, 3 or 4 channels
 * @param boxes [y_min, x_min, y_max, x_max], from 0 at the first pixel to 1 at the last: [boxes, 4] for one image,
 *   [batch, boxes, 4] for a batch
 * @param colors taken in turn; ten different ones by default, white on gray images
 * @throws InvalidArgumentError for an argument that is none of these
 *
 * @example
 * drawBoundingBoxes(ndarray(new Float32Array(4), [2, 2, 1]), [[0, 0, 0, 1]], [[0.5]]) // float32 [[[0.5], [0.5]], [[0], [0]]]
 */
export function drawBoundingBoxes<D extends 'float32' | 'uint8', R extends number>(
  image: NdArray<D, R>,
  boxes: Boxes,
  colors?: Colours,
): NdArray<D, R> {
  const operation = 'drawBoundingBoxes'
  const shape = checkImage(operation, image, { dtypes: ['float32', 'uint8'] })
  const { batch, height, width, channels } = shape
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new InvalidArgumentError(`${operation}: image must have 1, 3 or 4 channels, got ${channels}.`)
  }
  const { values, shape: boxShape } = boxValues(operation, boxes)
  if (boxShape.length !== image.rank - 1 || (image.rank === 4 && boxShape[0] !== batch)) {
    const wanted = image.rank === 4 ? `[${batch}, boxes, 4]` : '[boxes, 4]'
    throw new InvalidArgumentError(`${operation}: boxes must be ${wanted}, got ${shapeText(boxShape)}.`)
  }
  const table = colourTable(operation, colors, channels, image.dtype === 'uint8')
  const out = copyOfValues(image)
  const count = boxShape[boxShape.length - 2]
  const size = height * width * channels
  for (let i = 0; i < batch * count; i++) {
    const canvas = out.subarray(Math.floor(i / count) * size, (Math.floor(i / count) + 1) * size)
    drawBox(canvas, shape, values.subarray(4 * i, 4 * i + 4), table[(i % count) % table.length])
  }
  return new NdArray<D, R>(image.dtype, image.shape, out as never)
}

const { fround, max, min, trunc } = Math

function drawBox(canvas: PixelData, shape: ImageShape, box: Float32Array, colour: ArrayLike<number>): void {
  const { height, width, channels } = shape
  const [top, left, bottom, right] = Array.from(box, (at, i) =>
    trunc(fround(at * ((i % 2 === 0 ? height : width) - 1))),
  )
  if (top > bottom || left > right || top >= height || bottom < 0 || left >= width || right < 0) return
  const paint = (y: number, x: number): void => {
    const at = (y * width + x) * channels
    for (let c = 0; c < channels; c++) canvas[at + c] = colour[c]
  }
  for (let x = max(left, 0); x <= min(right, width - 1); x++) {
    if (top >= 0) paint(top, x)
    if (bottom < height) paint(bottom, x)
  }
  for (let y = max(top, 0); y <= min(bottom, height - 1); y++) {
    if (left >= 0) paint(y, left)
    if (right < width) paint(y, right)
  }
}

/** The colours as they are stored in the image. */
function colourTable(operation: string, colors: unknown, channels: number, asBytes: boolean): ArrayLike<number>[] {
  const rows = colors === undefined ? defaultColours(channels) : checkColourRows(operation, colors, channels)
  return asBytes ? rows.map((row) => convertValues(row, 'float32', 'uint8', true)) : rows
}

function defaultColours(channels: number): Float32Array[] {
  return channels === 1 ? [Float32Array.of(1)] : palette.map((colour) => Float32Array.from(colour))
}

function checkColourRows(operation: string, colors: unknown, channels: number): Float32Array[] {
  const array = isNdArray(colors) ? colors : Array.isArray(colors) ? numbersOf(operation, 'colors', colors) : undefined
  if (array === undefined || array.rank !== 2 || array.shape[1] < channels || array.shape[0] === 0) {
    const got = array === undefined ? describe(colors) : shapeText(array.shape)
    throw new InvalidArgumentError(`${operation}: colors must be rows of at least ${channels} numbers, got ${got}.`)
  }
  const { data, shape } = array
  return Array.from({ length: shape[0] }, (_, i) =>
    Float32Array.from((data as Float32Array).subarray(i * shape[1], (i + 1) * shape[1])),
  )
}
