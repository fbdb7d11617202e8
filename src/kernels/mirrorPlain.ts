import type { PixelData, Pixels } from './pixels.ts'

/** Copies an image with the pixels of each row in the opposite order: what `mirror` is held to. */
export function mirrorPlain({ data, height, width, channels }: Pixels, target: PixelData): void {
  let to = 0
  for (let y = 0; y < height; y++) {
    let at = (y + 1) * width * channels
    for (let x = 0; x < width; x++) {
      at -= channels
      for (let c = 0; c < channels; c++) target[to++] = data[at + c]
    }
  }
}
