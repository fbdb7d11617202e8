import { NdArray } from '../ndarray/ndarray.ts'
import { drawLetters, letterSize, textWidth } from './pixelFont.ts'

/** Red, green and blue, from 0 to 255. */
export type Color = readonly [number, number, number]

export const ink: Color = [27, 31, 36]
export const faded: Color = [91, 100, 112]

/** Colours that people with any common kind of colour blindness tell apart (Okabe and Ito). */
export const palette: readonly Color[] = [
  [0, 114, 178],
  [213, 94, 0],
  [0, 158, 115],
  [204, 121, 167],
  [230, 159, 0],
  [86, 180, 233],
]

/** A white sheet to draw on. */
export class Sheet {
  readonly width: number
  readonly height: number
  readonly #data: Uint8Array

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.#data = new Uint8Array(3 * width * height).fill(255)
  }

  /** The sheet as an image: uint8 [height, width, 3]. */
  image(): NdArray<'uint8', 3> {
    return new NdArray('uint8', [this.height, this.width, 3], this.#data)
  }

  /** Fills a rectangle, as far as it lies on the sheet. */
  fill(x: number, y: number, width: number, height: number, color: Color): void {
    const [right, bottom] = [Math.min(x + width, this.width), Math.min(y + height, this.height)]
    for (let row = Math.max(0, y); row < bottom; row++) {
      for (let column = Math.max(0, x); column < right; column++) this.#data.set(color, 3 * (row * this.width + column))
    }
  }

  /** The edges of a rectangle, `thickness` pixels inward. */
  frame(x: number, y: number, width: number, height: number, color: Color, thickness = 1): void {
    this.fill(x, y, width, thickness, color)
    this.fill(x, y + height - thickness, width, thickness, color)
    this.fill(x, y, thickness, height, color)
    this.fill(x + width - thickness, y, thickness, height, color)
  }

  /** A line of text from its upper left corner; cut off, with dots, where it is wider than `maxWidth`. */
  text(
    x: number,
    y: number,
    text: string,
    options: { readonly color?: Color; readonly scale?: number; readonly maxWidth?: number } = {},
  ): void {
    const { color = ink, scale = 1, maxWidth = Infinity } = options
    const most = Math.floor((maxWidth / scale + 1) / letterSize.width)
    const shown = textWidth(text, scale) <= maxWidth ? text : `${text.slice(0, Math.max(0, most - 2))}..`
    drawLetters(shown, (dx, dy) => this.fill(x + dx * scale, y + dy * scale, scale, scale, color))
  }

  /** Puts an image of 3 channels on the sheet. */
  put(x: number, y: number, { shape, data }: NdArray<'uint8'>): void {
    const [height, width] = shape
    for (let row = 0; row < height; row++) {
      this.#data.set(data.subarray(3 * row * width, 3 * (row + 1) * width), 3 * ((y + row) * this.width + x))
    }
  }
}
