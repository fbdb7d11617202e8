import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { DataLossError, firstLineOf, ResourceExhaustedError, UnavailableError } from '../core/errors.ts'

/** Pixel formats of TurboJPEG, with their channels. */
export const turboFormats = {
  rgb: { number: 0, channels: 3 },
  gray: { number: 6, channels: 1 },
  cmyk: { number: 11, channels: 4 },
} as const

/** How TurboJPEG is to decode. */
export interface TurboRequest {
  /** Begins the messages of errors. */
  readonly operation: string
  readonly format: keyof typeof turboFormats
  /** Size of the picture that comes out: the stored one, or that divided by 2, 4 or 8 and rounded up. */
  readonly width: number
  readonly height: number
  /** The inverse DCT: exact in whole numbers, or the faster one. */
  readonly accurate: boolean
}

interface TurboExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  malloc(bytes: number): number
  free(at: number): void
  tjInitDecompress(): number
  tjDestroy(handle: number): number
  tjDecompress2(
    handle: number,
    image: number,
    imageBytes: number,
    out: number,
    width: number,
    pitch: number,
    height: number,
    format: number,
    flags: number,
  ): number
}

const fastDct = 2048
const accurateDct = 4096

/** Memory beyond which an instance is not kept for the next picture, for it can only grow. */
const keptBytes = 64 * 2 ** 20

/** What is used of `WebAssembly`, which Node's types leave to those of browsers. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface }).WebAssembly

/** What libjpeg leaves a decoder by that cannot go on. */
const gaveUp = new Error('libjpeg gave up')

let compiled: object | undefined
let instance: TurboExports | undefined

/**
 * Decodes with libjpeg-turbo as WebAssembly: all that TensorFlow does with it, to the same pixels. What libjpeg only warns
 * of, such as damage that it can pass over, is decoded.
 *
 * Bytes are copied twice: the file in, the pixels out.
 *
 * @param out room for the pixels
 * @throws DataLossError where the decoder gives up
 */
export function decodeTurboWasm(bytes: Uint8Array, request: TurboRequest, out: Uint8Array): void {
  const turbo = (instance ??= instantiate())
  const { number, channels } = turboFormats[request.format]
  const size = request.width * request.height * channels
  try {
    const image = allocate(turbo, bytes.length, request.operation)
    new Uint8Array(turbo.memory.buffer, image, bytes.length).set(bytes)
    const pixels = allocate(turbo, size, request.operation)
    const handle = turbo.tjInitDecompress()
    const flags = request.accurate ? accurateDct : fastDct
    // A result of -1 without a jump out of the decoder is a warning.
    turbo.tjDecompress2(handle, image, bytes.length, pixels, request.width, 0, request.height, number, flags)
    out.set(new Uint8Array(turbo.memory.buffer, pixels, size))
    turbo.tjDestroy(handle)
    turbo.free(pixels)
    turbo.free(image)
  } catch (error) {
    // What it had allocated is lost with it.
    instance = undefined
    if (error !== gaveUp) throw error
    throw new DataLossError(`${request.operation}: the JPEG data is damaged, and cannot be decoded.`)
  }
  if (turbo.memory.buffer.byteLength > keptBytes) instance = undefined
}

function allocate(turbo: TurboExports, bytes: number, operation: string): number {
  const at = turbo.malloc(bytes)
  if (at !== 0) return at
  throw new ResourceExhaustedError(`${operation}: there is no memory to decode a picture of ${bytes} bytes.`, {
    hint: 'Decode it smaller, with a ratio of 2, 4 or 8.',
  })
}

function instantiate(): TurboExports {
  const nothing = (): number => 0
  const giveUp = (): never => {
    throw gaveUp
  }
  const wasi = {
    environ_sizes_get: nothing,
    environ_get: nothing,
    fd_close: nothing,
    fd_seek: nothing,
    fd_write: nothing,
    proc_exit: giveUp,
  }
  compiled ??= compile()
  // libjpeg leaves a decoder that cannot go on by a long jump; here by an exception.
  const imports = { env: { setjmp: nothing, longjmp: giveUp }, wasi_snapshot_preview1: wasi }
  return new Instance(compiled, imports).exports as TurboExports
}

function compile(): object {
  try {
    const path = createRequire(import.meta.url).resolve('@cwasm/jpeg-turbo/jpeg-turbo.wasm')
    return new Module(readFileSync(path))
  } catch (error) {
    throw new UnavailableError(`the JPEG decoder cannot be loaded: ${firstLineOf(error)}.`, {
      hint: 'Install it again: npm install @cwasm/jpeg-turbo.',
      cause: error,
    })
  }
}
