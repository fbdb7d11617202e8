/** Conversion to float32 with a scale and an offset for each channel, with the kernel: one copy in and one out. */
import { copyBytes } from '../core/copyBytes.ts'
import { affinePlain } from './affinePlain.ts'
import { affineBytes, writeAffine } from './affineTable.ts'
import { placeAreas } from './kernelMemory.ts'
import { kernelModule } from './kernelModule.ts'
import type { Affine, PixelData } from './pixels.ts'

/**
 * (value + delta - subtract) * multiply + add of each value, with the numbers of its channel, in float32.
 *
 * @param source of any dtype; uint8 and float32 go through the kernel
 * @param target takes as many values as `source` has
 */
export function affine(source: PixelData, numbers: Affine, target: Float32Array): void {
  const isFloat = source instanceof Float32Array
  const kernels = kernelModule()
  if (kernels !== null && (isFloat || source instanceof Uint8Array)) {
    const input = new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    const channels = numbers.subtract.length
    // Measured before the memory may grow, which empties views of it.
    const { length } = source
    const places = placeAreas(kernels, input, [affineBytes(channels), 4 * target.length])
    if (places !== undefined) {
      const [table, output] = places.others
      writeAffine(kernels.memory.buffer, table, numbers)
      kernels.affine(places.input, isFloat ? 1 : 0, length, channels, numbers.delta, table, output)
      copyBytes(target, new Float32Array(kernels.memory.buffer, output, target.length))
      return
    }
  }
  affinePlain(source, numbers, target)
}
