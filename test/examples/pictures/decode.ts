import { readFile } from 'node:fs/promises'
import { canvasModule } from '../../../examples/pictures/canvas.ts'

export interface Decoded {
  readonly width: number
  readonly height: number
  /** The colour at each pixel, row by row, as in `#0072b2`. */
  readonly colors: readonly string[]
}

/** The pixels of a PNG file. */
export async function decode(path: string): Promise<Decoded> {
  const bytes = await readFile(path)
  if (bytes.toString('latin1', 1, 4) !== 'PNG') throw new Error(`${path} is no PNG`)
  const { createCanvas, loadImage } = await canvasModule()
  const image = await loadImage(bytes)
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, image.width, image.height)
  const hex = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
  const colors = Array.from({ length: data.length / 4 }, (_, i) => `#${hex.slice(8 * i, 8 * i + 6)}`)
  return { width: image.width, height: image.height, colors }
}

/** How many pixels have this colour. */
export function count({ colors }: Decoded, color: string): number {
  return colors.filter((one) => one === color).length
}
