import { InvalidArgumentError } from '../core/errors.ts'
import { NdArray } from '../ndarray/ndarray.ts'

/**
 * An image to decode into: over the caller's memory where there is some, else over new memory.
 *
 * @throws InvalidArgumentError where the caller's memory is too small
 */
export function decodedImage(
  operation: string,
  { width, height }: { readonly width: number; readonly height: number },
  channels: number,
  out: Uint8Array | undefined,
): NdArray<'uint8', 3> {
  const size = width * height * channels
  if (out !== undefined && !(out instanceof Uint8Array && out.length >= size)) {
    throw new InvalidArgumentError(`${operation}: out must be a Uint8Array of at least ${size} bytes.`, {
      hint: 'imageInfo says how large a picture is.',
    })
  }
  const data = out === undefined ? new Uint8Array(size) : out.subarray(0, size)
  return new NdArray('uint8', [height, width, channels], data)
}
