/**
 * Bilinear sampling with the kernel. Bytes are copied once into the kernels' memory, unless a decoder has put them there
 * (`kernelInput`), and floats once out of it.
 */
import { copyBytes } from '../core/copyBytes.ts'
import { affineBytes, writeAffine } from './affineTable.ts'
import { bilinearPlain } from './bilinearPlain.ts'
import { placeAreas } from './kernelMemory.ts'
import { kernelModule } from './kernelModule.ts'
import type { LinearSampling } from './linearSampling.ts'
import type { Affine, Pixels } from './pixels.ts'

/** Bytes of a table's entry. */
const entryBytes = 12

/**
 * Samples an image at `rows` x `columns`, and applies `affine` where it is given.
 *
 * @param source of any dtype; uint8 and float32 go through the kernel
 * @param target takes rows x columns x channels values
 */
export function bilinear(
  source: Pixels,
  rows: LinearSampling,
  columns: LinearSampling,
  affine: Affine | undefined,
  target: Float32Array,
): void {
  if (!withKernel(source, rows, columns, affine, target)) bilinearPlain(source, rows, columns, affine, target)
}

function withKernel(
  source: Pixels,
  rows: LinearSampling,
  columns: LinearSampling,
  affine: Affine | undefined,
  target: Float32Array,
): boolean {
  const { data, width, channels } = source
  const isFloat = data instanceof Float32Array
  const kernels = kernelModule()
  if (kernels === null || !(isFloat || data instanceof Uint8Array)) return false
  const outHeight = rows.lerp.length
  const outWidth = columns.lerp.length
  const [firstRow, lastRow] = rangeOf(rows)
  const rowBytes = width * channels * data.BYTES_PER_ELEMENT
  const needed = new Uint8Array(data.buffer, data.byteOffset + firstRow * rowBytes, (lastRow + 1 - firstRow) * rowBytes)
  const scratchBytes = 2 * (outWidth * channels + 4) * 4
  const sizes = [
    (outHeight + 1) * entryBytes,
    (outWidth + 1) * entryBytes,
    affineBytes(channels),
    scratchBytes,
    target.length * 4,
  ]
  const places = placeAreas(kernels, needed, sizes)
  if (places === undefined) return false
  const [rowTable, columnTable, affineTable, scratch, output] = places.others
  writeTable(kernels.memory.buffer, rowTable, rows, firstRow, 1)
  writeTable(kernels.memory.buffer, columnTable, columns, 0, channels * data.BYTES_PER_ELEMENT)
  if (affine !== undefined) writeAffine(kernels.memory.buffer, affineTable, affine)
  kernels.resizeBilinear(
    places.input,
    isFloat ? 1 : 0,
    rowBytes,
    channels,
    rowTable,
    outHeight,
    columnTable,
    outWidth,
    affine?.delta ?? 0,
    affine === undefined ? 0 : affineTable,
    scratch,
    output,
  )
  copyBytes(target, new Float32Array(kernels.memory.buffer, output, target.length))
  return true
}

/** The least and the greatest index that is read. */
function rangeOf({ lower, upper }: LinearSampling): [number, number] {
  let least = lower[0]
  let most = upper[0]
  for (let i = 0; i < lower.length; i++) {
    if (lower[i] < least) least = lower[i]
    if (upper[i] > most) most = upper[i]
  }
  return [least, most]
}

/** Writes a table, and an entry of zeros behind it. A lerp between a value and itself is 0. */
function writeTable(memory: ArrayBuffer, place: number, sampling: LinearSampling, first: number, unit: number): void {
  const { lower, upper, lerp } = sampling
  const indices = new Int32Array(memory, place, 3 * lerp.length + 3)
  const lerps = new Float32Array(memory, place, 3 * lerp.length)
  let at = 0
  for (let i = 0; i < lerp.length; i++, at += 3) {
    indices[at] = (lower[i] - first) * unit
    indices[at + 1] = (upper[i] - first) * unit
    lerps[at + 2] = lower[i] === upper[i] ? 0 : lerp[i]
  }
  indices.fill(0, at)
}
