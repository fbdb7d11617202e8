/** Hue and saturation of RGB pixels with the kernels: one copy in and one out. */
import { huePlain } from './huePlain.ts'
import { placeAreas } from './kernelMemory.ts'
import { kernelModule, type KernelExports } from './kernelModule.ts'
import { saturationPlain } from './saturationPlain.ts'

/**
 * Turns the hue of RGB pixels in place.
 *
 * @param delta share of the colour circle, from -1 to 1
 */
export function turnHue(values: Float32Array, delta: number): void {
  const turn = Math.fround(Math.fround(delta) * 6)
  if (!inKernel(values, (kernels, start, end) => kernels.adjustHue(start, end, turn))) huePlain(values, delta)
}

/** Multiplies the saturation of RGB pixels in place, and keeps it from 0 to 1. */
export function scaleSaturation(values: Float32Array, factor: number): void {
  if (!inKernel(values, (kernels, start, end) => kernels.adjustSaturation(start, end, factor))) {
    saturationPlain(values, factor)
  }
}

function inKernel(values: Float32Array, run: (kernels: KernelExports, start: number, end: number) => void): boolean {
  const kernels = kernelModule()
  if (kernels === null) return false
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const places = placeAreas(kernels, bytes, [])
  if (places === undefined) return false
  run(kernels, places.input, places.input + bytes.length)
  values.set(new Float32Array(kernels.memory.buffer, places.input, values.length))
  return true
}
