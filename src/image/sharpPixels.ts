import type { Sharp, SharpOptions } from 'sharp'
import { DataLossError, InvalidArgumentError, messageOf, UnavailableError } from '../core/errors.ts'

type SharpFunction = (input?: Uint8Array | Uint16Array, options?: SharpOptions) => Sharp

let loading: Promise<SharpFunction> | undefined

/**
 * sharp, loaded at the first call.
 *
 * @throws UnavailableError where it is not installed or has no binary for this machine
 */
export function sharpModule(): Promise<SharpFunction> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (error: unknown) => {
      loading = undefined
      throw new UnavailableError(`sharp, which reads and writes pictures, cannot be loaded: ${messageOf(error)}.`, {
        hint: 'Install it for this machine: npm install sharp.',
        cause: error,
      })
    },
  )
  return loading
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
  const sharp = await sharpModule()
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
