/**
 * The memory of the kernels, laid out anew for each call:
 *
 *   0                  224 K
 *   | tables of JPEGs | input ... room | tables | scratch | output ... room |
 *
 * The input is where a decoder may write before the call (`kernelInput`); everything else is placed behind it.
 */
import { kernelModule, type KernelExports } from './kernelModule.ts'

export const inputStart = 224 * 1024
const pageBytes = 65_536

/** Bytes that a kernel may read or write past the end of an area. */
export const roomBytes = 64

/** The most that the memory grows to; it never shrinks. Larger images go through the plain versions. */
const mostBytes = 256 * 1024 * 1024

/**
 * A place of `bytes` bytes that a decoder can write one image to, so that a kernel that is called next reads it where it
 * lies. Valid until the next call of a kernel or of this function. Ordinary memory where the kernels do not load.
 */
export function kernelInput(bytes: number): Uint8Array {
  const kernels = kernelModule()
  if (kernels === null || !reserve(kernels, inputStart + bytes + roomBytes)) return new Uint8Array(bytes)
  return new Uint8Array(kernels.memory.buffer, inputStart, bytes)
}

/** Grows the memory to hold `bytes`; false where it cannot. */
function reserve(kernels: KernelExports, bytes: number): boolean {
  const missing = bytes - kernels.memory.buffer.byteLength
  if (missing <= 0) return true
  if (bytes > mostBytes) return false
  try {
    kernels.memory.grow(Math.ceil(missing / pageBytes))
    return true
  } catch {
    return false
  }
}

/**
 * Puts `input` where the kernel can read it, and finds places for its other areas.
 *
 * @param sizes bytes of each other area
 * @returns the place of the input and those of the others, multiples of 16; undefined where the memory is too small
 */
export function placeAreas(
  kernels: KernelExports,
  input: Uint8Array,
  sizes: readonly number[],
): { readonly input: number; readonly others: readonly number[] } | undefined {
  const there = input.buffer === kernels.memory.buffer
  const start = there ? input.byteOffset : inputStart
  let end = aligned(start + input.byteLength + roomBytes)
  const others = sizes.map((bytes) => {
    const place = end
    end = aligned(place + bytes + roomBytes)
    return place
  })
  if (!reserve(kernels, end)) return undefined
  if (!there) new Uint8Array(kernels.memory.buffer, start, input.byteLength).set(input)
  return { input: start, others }
}

function aligned(place: number): number {
  return (place + 15) & -16
}
