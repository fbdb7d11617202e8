import { copyBytes } from '../core/copyBytes.ts'
import { affineBytes, writeAffine } from './affineTable.ts'
import type { KernelExports } from './kernelModule.ts'
import type { LinearSampling } from './linearSampling.ts'
import type { Affine } from './pixels.ts'

/** Bytes of a table's entry. */
const entryBytes = 12
/** Before the floats of the scratch. */
const scratchHeader = 16
/** Of the result, before it is copied out: it stays in the cache then. */
const stripBytes = 64 * 1024

/** What is done to an image. */
export interface BilinearRequest {
  readonly rows: LinearSampling
  readonly columns: LinearSampling
  /** What is done to each value after that; nothing where it is left out. */
  readonly affine: Affine | undefined
  /** Takes rows x columns x channels values. */
  readonly target: Float32Array
}

/** An image in the memory of the kernels. */
export interface KernelImage {
  /** Where row 0 would lie. */
  readonly place: number
  /** Rows whose numbers differ in other bits lie at the same place, the last one that came. */
  readonly mask: number
  readonly isFloat: boolean
  readonly rowBytes: number
  readonly channels: number
  /** Makes more rows, and says how many there are; undefined where there will be no more. */
  next(): number | undefined
}

/** Bytes of the areas that `bilinearRows` needs. */
export function bilinearAreas({ rows, columns }: BilinearRequest, channels: number): number[] {
  const outRow = columns.lerp.length * channels
  return [
    (rows.lerp.length + 1) * entryBytes,
    (columns.lerp.length + 1) * entryBytes,
    affineBytes(channels),
    scratchHeader + 2 * (outRow + 4) * 4,
    4 * outRow * Math.min(rows.lerp.length, stripRowsOf(outRow)),
  ]
}

/**
 * Samples an image with the kernel, as far as its rows are there. Output rows leave the kernels' memory while they are in the
 * cache.
 *
 * @param areas places of what `bilinearAreas` asks for
 * @returns whether all rows came
 */
export function bilinearRows(
  kernels: KernelExports,
  image: KernelImage,
  { rows, columns, affine, target }: BilinearRequest,
  [rowTable, columnTable, affineTable, scratch, output]: readonly number[],
): boolean {
  const { place, mask, isFloat, rowBytes, channels } = image
  const { buffer } = kernels.memory
  writeTable(buffer, rowTable, rows, 1)
  writeTable(buffer, columnTable, columns, channels * (isFloat ? 4 : 1))
  if (affine !== undefined) writeAffine(buffer, affineTable, affine)
  new Int32Array(buffer, scratch, 2).fill(-1)
  const outHeight = rows.lerp.length
  const outWidth = columns.lerp.length
  const outRow = outWidth * channels
  const stripRows = stripRowsOf(outRow)
  let copied = 0
  let y = 0
  while (y < outHeight) {
    const there = image.next()
    if (there === undefined) return false
    let ready = y
    while (ready < outHeight && rows.upper[ready] < there) ready++
    while (y < ready) {
      const count = Math.min(copied + stripRows, ready) - y
      kernels.resizeBilinear(
        place,
        mask,
        isFloat ? 1 : 0,
        rowBytes,
        channels,
        rowTable + y * entryBytes,
        count,
        columnTable,
        outWidth,
        affine?.delta ?? 0,
        affine === undefined ? 0 : affineTable,
        scratch,
        output + (y - copied) * outRow * 4,
      )
      y += count
      if (y < copied + stripRows && y < outHeight) continue
      copyBytes(target, new Float32Array(buffer, output, (y - copied) * outRow), copied * outRow)
      copied = y
    }
  }
  return true
}

/** How many rows of the result are computed before they are copied out. */
function stripRowsOf(outRow: number): number {
  return Math.max(1, Math.floor(stripBytes / (4 * outRow)))
}

/** Writes a table, and an entry of zeros behind it. A lerp between a value and itself is 0. */
function writeTable(memory: ArrayBuffer, place: number, sampling: LinearSampling, unit: number): void {
  const { lower, upper, lerp } = sampling
  const indices = new Int32Array(memory, place, 3 * lerp.length + 3)
  const lerps = new Float32Array(memory, place, 3 * lerp.length)
  let at = 0
  for (let i = 0; i < lerp.length; i++, at += 3) {
    indices[at] = lower[i] * unit
    indices[at + 1] = upper[i] * unit
    lerps[at + 2] = lower[i] === upper[i] ? 0 : lerp[i]
  }
  indices.fill(0, at)
}
