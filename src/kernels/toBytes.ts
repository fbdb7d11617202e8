/** Bytes of floats with the kernel: one copy in and one out. */
import { placeAreas } from './kernelMemory.ts'
import { kernelModule } from './kernelModule.ts'
import { toBytesPlain } from './toBytesPlain.ts'

/**
 * Each value times `scale`, in float32, cut to a whole number and kept from 0 to 255; NaN becomes 0.
 *
 * @param target takes as many values as there are
 */
export function toBytes(values: Float32Array, scale: number, target: Uint8Array): void {
  const kernels = kernelModule()
  const input = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const places = kernels === null ? undefined : placeAreas(kernels, input, [values.length])
  if (kernels === null || places === undefined) {
    toBytesPlain(values, scale, target)
    return
  }
  const [output] = places.others
  kernels.toBytes(places.input, values.length, scale, output)
  target.set(new Uint8Array(kernels.memory.buffer, output, values.length))
}
