/** Mirrored images with the kernel, of any dtype: one copy in and one out. */
import { placeAreas } from './kernelMemory.ts'
import { kernelModule } from './kernelModule.ts'
import { mirrorPlain } from './mirrorPlain.ts'
import type { PixelData, Pixels } from './pixels.ts'

/**
 * Copies an image with the pixels of each row in the opposite order.
 *
 * @param target as long as the image, and of its dtype
 */
export function mirror(source: Pixels, target: PixelData): void {
  const { data, height, width, channels } = source
  const kernels = kernelModule()
  // Measured before the memory may grow, which empties views of it.
  const { byteLength } = data
  const pixelBytes = channels * data.BYTES_PER_ELEMENT
  const bytes = new Uint8Array(data.buffer, data.byteOffset, byteLength)
  const places = kernels === null ? undefined : placeAreas(kernels, bytes, [byteLength])
  if (kernels === null || places === undefined) {
    mirrorPlain(source, target)
    return
  }
  const [output] = places.others
  kernels.mirrorRows(places.input, pixelBytes, width, height, output)
  const into = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
  into.set(new Uint8Array(kernels.memory.buffer, output, byteLength))
}
