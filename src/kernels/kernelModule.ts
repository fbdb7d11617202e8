/**
 * The compiled kernels of this thread: instantiated when first asked for, at once, with one memory of their own. Importing
 * this file compiles nothing. Where WebAssembly with SIMD is not to be had, every caller goes on with the plain version.
 */
import { instantiate } from './instantiate.ts'
import { moduleBytes } from './moduleBytes.ts'

/** What the module exports; places are byte offsets in its memory, and the sources in `assembly` say what lies there. */
export interface KernelExports {
  /** Where what the kernels keep between calls ends. */
  readonly tablesEnd: { readonly value: number }
  /** Rows of a plane, of a component that has one row of blocks a unit. */
  readonly jpegPlaneRows: { readonly value: number }
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  affine(
    input: number,
    kind: number,
    values: number,
    channels: number,
    delta: number,
    numbers: number,
    output: number,
  ): void
  adjustHue(values: number, end: number, turn: number): void
  adjustSaturation(values: number, end: number, scale: number): void
  jpegQuantizers(number: number, source: number, isExact: number): void
  jpegHuffman(number: number, dc: number, ac: number): number
  /** The arguments are listed in the sources, as are those of the resizing kernels. */
  jpegOpen(...numbers: readonly number[]): void
  jpegRows(output: number, mask: number): number
  mirrorRows(input: number, pixelBytes: number, width: number, rows: number, output: number): void
  resizeBilinear(...numbers: readonly number[]): void
  resizeWeighted(...numbers: readonly number[]): void
  resizeArea(...numbers: readonly number[]): void
  toBytes(input: number, values: number, scale: number, output: number): void
}

/** Undefined until first needed, null where the module does not load. */
let loaded: KernelExports | null | undefined

/** The kernels, or null where they do not load. */
export function kernelModule(): KernelExports | null {
  if (loaded === undefined) loaded = instantiateKernels()
  return loaded
}

/**
 * A new instance with a memory of its own, or null where there is no WebAssembly or it lacks SIMD.
 *
 * @param webAssembly replaced in tests
 */
export function instantiateKernels(webAssembly?: unknown): KernelExports | null {
  return instantiate(moduleBytes, {}, webAssembly) as KernelExports | null
}
