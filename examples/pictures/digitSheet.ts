import type { Canvas } from '@napi-rs/canvas'
import { InvalidArgumentError } from 'millrace'
import { canvasModule, colors, font, sheet, writeLine } from './canvas.ts'
import { captionFont, captionLine, captionOf, cellAt, margin, sheetGrid, type SheetGrid } from './sheetGrid.ts'
import { writePng } from './writePng.ts'

/** A picture that was misread. */
export interface Digit {
  /** Grey values row by row: bytes 0 to 255, or floats 0 (black) to 1 (white). */
  readonly pixels: Uint8Array | Float32Array
  /** What it is. */
  readonly truth: number | string
  /** What it was taken for. */
  readonly guess: number | string
  /** How sure the model was of its guess, 0 to 1. */
  readonly confidence: number
}

/** What digitSheet draws. */
export interface DigitSheetOptions {
  readonly title: string
  /** The misread pictures in the order to show them; none is fine. */
  readonly digits: readonly Digit[]
  /** Pixels in a row of a picture. 28 by default. */
  readonly width?: number
  /** Rows of a picture. 28 by default. */
  readonly height?: number
  /** How many pictures to draw at most; the sheet says how many there are. 64 by default. */
  readonly limit?: number
}

/**
 * Draws the pictures that a model misread as one PNG: a grid, each enlarged without blur over a caption such as
 * `true 4, read as 9 (87%)`. The same input gives the same bytes, on a machine without fonts too.
 *
 * @param path the file to write; its folder is made where it is missing, and nobody sees the file half written
 * @throws InvalidArgumentError where a picture does not hold `width * height` values, or a number is not whole
 * @throws the named error of the file system where the file cannot be written
 *
 * @example
 * await digitSheet('runs/mnist/misread.png', {
 *   title: 'MNIST: misread digits',
 *   digits: [{ pixels: new Uint8Array(784), truth: 4, guess: 9, confidence: 0.87 }],
 * })
 */
export async function digitSheet(path: string, options: DigitSheetOptions): Promise<void> {
  const { title, digits, width = 28, height = 28, limit = 64 } = options
  checkOptions({ digits, width, height, limit })
  const shown = digits.slice(0, limit)
  const grid = sheetGrid(shown, width, height, (await canvasModule()).createCanvas(1, 1))
  const canvas = await sheet(grid.width, grid.height)
  const maxWidth = canvas.width - 2 * margin
  writeLine(canvas, title, { x: margin, y: 50, maxWidth, font: font(28, 600), color: colors.ink })
  const count = countOf(shown.length, digits.length)
  writeLine(canvas, count, { x: margin, y: 80, maxWidth, font: font(17), color: colors.faded })
  for (const [i, digit] of shown.entries()) await drawDigit(canvas, digit, grid, i)
  await writePng(path, canvas)
}

async function drawDigit(canvas: Canvas, digit: Digit, grid: SheetGrid, i: number): Promise<void> {
  const { picture, cell } = grid
  const { x, y } = cellAt(grid, i)
  const left = x + Math.floor((cell.width - picture.width) / 2)
  const context = canvas.getContext('2d')
  context.imageSmoothingEnabled = false
  const small = await greyPicture(digit.pixels, picture.width / picture.scale, picture.height / picture.scale)
  context.drawImage(small, left, y, picture.width, picture.height)
  const place = { x: x + cell.width / 2, maxWidth: cell.width, align: 'center' } as const
  for (const [line, text] of captionOf(digit, grid.captionLines).entries()) {
    const baseline = y + picture.height + (line + 1) * captionLine
    writeLine(canvas, text, { ...place, y: baseline, font: captionFont, color: colors.ink })
  }
}

async function greyPicture(pixels: Uint8Array | Float32Array, width: number, height: number): Promise<Canvas> {
  const canvas = (await canvasModule()).createCanvas(width, height)
  const context = canvas.getContext('2d')
  const image = context.createImageData(width, height)
  const factor = pixels instanceof Float32Array ? 255 : 1
  for (const [i, value] of pixels.entries()) {
    // The clamped array rounds, cuts to 0..255, and makes 0 of NaN.
    image.data.fill(value * factor, 4 * i, 4 * i + 3)
    image.data[4 * i + 3] = 255
  }
  context.putImageData(image, 0, 0)
  return canvas
}

function checkOptions({ digits, width, height, limit }: Required<Omit<DigitSheetOptions, 'title'>>): void {
  for (const [name, value] of Object.entries({ width, height, limit })) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new InvalidArgumentError(`digitSheet: ${name} must be a whole number of at least 1, got ${value}.`)
  }
  for (const [i, { pixels }] of digits.entries()) {
    if (pixels.length === width * height) continue
    const message = `digitSheet: picture ${i} holds ${pixels.length} values, not ${width} x ${height}.`
    throw new InvalidArgumentError(message, { index: i, hint: 'Give the width and height of the pictures.' })
  }
}

function countOf(shown: number, all: number): string {
  if (all === 0) return 'None: every picture was read rightly.'
  if (shown < all) return `The first ${shown} of ${all} misread pictures`
  return all === 1 ? '1 misread picture' : `${all} misread pictures`
}
