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
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const places = kernels === null ? undefined : placeAreas(kernels, bytes, [bytes.length])
  if (kernels === null || places === undefined) {
    mirrorPlain(source, target)
    return
  }
  const [output] = places.others
  kernels.mirrorRows(places.input, channels * data.BYTES_PER_ELEMENT, width, height, output)
  const into = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
  into.set(new Uint8Array(kernels.memory.buffer, output, bytes.length))
}
