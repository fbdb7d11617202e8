import { checkCount } from '../core/checks.ts'
import { InvalidArgumentError, ResourceExhaustedError } from '../core/errors.ts'

/** Limits that keep a small file from filling the memory: they are compared with the header, before anything is decoded. */
export interface ImageLimits {
  /** Pixels of a picture, all its frames together; 100 million by default. */
  readonly maxPixels?: number
  /** Bytes of the file; 256 MiB by default. */
  readonly maxBytes?: number
}

/** Names of the options. */
export const limitNames = ['maxPixels', 'maxBytes'] as const

const defaultPixels = 100_000_000
const defaultBytes = 256 * 2 ** 20

/** Refuses limits that are no counts. */
export function checkLimits(operation: string, { maxPixels, maxBytes }: ImageLimits): void {
  checkCount(operation, 'maxPixels', maxPixels ?? defaultPixels, { min: 1, infinite: true })
  checkCount(operation, 'maxBytes', maxBytes ?? defaultBytes, { min: 1, infinite: true })
}

/**
 * Refuses what is no bytes, none, or too many of them.
 *
 * @throws InvalidArgumentError, ResourceExhaustedError
 */
export function checkBytes(operation: string, bytes: unknown, { maxBytes = defaultBytes }: ImageLimits): void {
  if (!(bytes instanceof Uint8Array)) {
    throw new InvalidArgumentError(`${operation}: the picture must be a Uint8Array of the file's bytes.`, {
      hint: 'Read the file first, as with readFile of node:fs/promises.',
    })
  }
  if (bytes.length === 0) {
    throw new InvalidArgumentError(`${operation}: there are no bytes.`, { hint: 'Is the file empty?' })
  }
  if (bytes.length > maxBytes) {
    throw new ResourceExhaustedError(`${operation}: the picture has ${bytes.length} bytes, more than ${maxBytes}.`, {
      hint: 'Where it is to be trusted, raise maxBytes.',
    })
  }
}

/** Refuses a picture of more pixels than the limit. */
export function checkPixels(
  operation: string,
  size: { readonly width: number; readonly height: number; readonly frames?: number },
  { maxPixels = defaultPixels }: ImageLimits,
): void {
  const { width, height, frames = 1 } = size
  if (width * height * frames <= maxPixels) return
  const what = frames === 1 ? `${width} x ${height}` : `${frames} times ${width} x ${height}`
  throw new ResourceExhaustedError(`${operation}: the picture has ${what} pixels, more than ${maxPixels}.`, {
    hint: 'Where it is to be trusted, raise maxPixels.',
  })
}
