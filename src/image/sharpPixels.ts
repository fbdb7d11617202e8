import type { Sharp, SharpOptions } from 'sharp'
import { DataLossError, firstLineOf, InvalidArgumentError, messageOf, UnavailableError } from '../core/errors.ts'

type SharpFunction = (input?: Uint8Array | Uint16Array, options?: SharpOptions) => Sharp

let loading: Promise<SharpFunction | Error> | undefined

/** sharp, loaded at the first call; an error where it is not installed or has no binary for this machine. */
function load(): Promise<SharpFunction | Error> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (error: unknown) => (error instanceof Error ? error : new Error(messageOf(error))),
  )
  return loading
}

/** sharp, for who can do without it: undefined where it cannot be loaded. */
export async function sharpIfThere(): Promise<SharpFunction | undefined> {
  const found = await load()
  return found instanceof Error ? undefined : found
}

/**
 * sharp, for who cannot.
 *
 * @param needs begins the message: who needs it
 * @throws UnavailableError where it cannot be loaded
 */
export async function sharpModule(needs: string): Promise<SharpFunction> {
  const found = await load()
  if (!(found instanceof Error)) return found
  throw new UnavailableError(`${needs} needs sharp, which cannot be loaded: ${firstLineOf(found)}.`, {
    hint: 'Install it for this machine: npm install sharp. Without it, PNG is read and written, and JPEG and BMP are read.',
    cause: found,
  })
}

/** What sharp decoded: samples of 8 or 16 bits. */
export interface SharpPixels {
  readonly data: Uint8Array | Uint16Array
  readonly width: number
  /** Height of one frame. */
  readonly height: number
  readonly channels: number
  readonly frames: number
}

/** How sharp is to decode. */
export interface SharpRequest {
  readonly gray: boolean
  /** Bits a sample of what comes out. */
  readonly bits: 8 | 16
  /** Whether all frames are decoded, or the first alone. */
  readonly allFrames: boolean
}

/** Samples as they are stored: no colour profile is applied, and nothing is turned. */
export async function sharpPixels(operation: string, bytes: Uint8Array, request: SharpRequest): Promise<SharpPixels> {
  const { gray, bits, allFrames } = request
  const sharp = await sharpModule(`${operation} of a format other than JPEG, PNG and BMP`)
  const space = gray ? (bits === 16 ? 'grey16' : 'b-w') : bits === 16 ? 'rgb16' : 'srgb'
  try {
    const { data, info } = await sharp(bytes, { ...sharpInput, ignoreIcc: true, ...(allFrames && { pages: -1 }) })
      .toColourspace(space)
      .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    const frameHeight = info.pageHeight ?? height
    const samples = bits === 16 ? words(data) : new Uint8Array(data.buffer, data.byteOffset, data.length)
    return { data: samples, width, height: frameHeight, channels, frames: height / frameHeight }
  } catch (error) {
    throw decodingError(operation, error)
  }
}

/** Limits are compared with the header before; damage is an error, a warning is not. */
export const sharpInput = { failOn: 'error', limitInputPixels: false } as const satisfies SharpOptions

/** The error for bytes that sharp does not decode. */
export function decodingError(operation: string, error: unknown): Error {
  const message = messageOf(error)
  if (/unsupported image format|has corrupt header/i.test(message)) {
    return new InvalidArgumentError(`${operation}: the bytes are no picture of a format that can be read.`, {
      hint: 'Those are JPEG, PNG, GIF, BMP, WebP, TIFF, AVIF and SVG.',
      cause: error,
    })
  }
  return new DataLossError(`${operation}: the picture is damaged: ${message.trim().split('\n').at(-1)}.`, {
    cause: error,
  })
}

function words(data: Buffer): Uint16Array {
  if (data.byteOffset % 2 === 0) return new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
  return new Uint16Array(Uint8Array.prototype.slice.call(data).buffer)
}
