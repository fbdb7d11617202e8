/** Sampling with filters and by area, with the kernels: one copy of the image in and one of the floats out. */
import { areaPlain } from './areaPlain.ts'
import type { AreaSampling } from './areaSampling.ts'
import { placeAreas } from './kernelMemory.ts'
import { kernelModule } from './kernelModule.ts'
import type { Pixels } from './pixels.ts'
import { weightedPlain } from './weightedPlain.ts'
import type { WeightedSampling } from './weightedSampling.ts'

/**
 * Samples an image at `rows` x `columns`.
 *
 * @param source of any dtype; uint8 and float32 go through the kernel
 * @param target takes rows x columns x channels values
 */
export function weighted(
  source: Pixels,
  rows: WeightedSampling,
  columns: WeightedSampling,
  target: Float32Array,
): void {
  if (!inKernel('resizeWeighted', source, rows, columns, [], target)) weightedPlain(source, rows, columns, target)
}

/**
 * Resizes an image by area.
 *
 * @param source of any dtype; uint8 and float32 go through the kernel
 * @param target takes rows x columns x channels values
 */
export function area(source: Pixels, rows: AreaSampling, columns: AreaSampling, target: Float32Array): void {
  const scale = Math.fround(1 / Math.fround(rows.scale * columns.scale))
  if (!inKernel('resizeArea', source, rows, columns, [scale], target)) areaPlain(source, rows, columns, target)
}

/** Runs a kernel whose arguments are image, tables, `numbers`, scratch and output. */
function inKernel(
  name: 'resizeWeighted' | 'resizeArea',
  { data, height, width, channels }: Pixels,
  rows: WeightedSampling,
  columns: WeightedSampling,
  numbers: readonly number[],
  target: Float32Array,
): boolean {
  const isFloat = data instanceof Float32Array
  const kernels = kernelModule()
  if (kernels === null || !(isFloat || data instanceof Uint8Array)) return false
  const tables = [rows.start, rows.weights, columns.start, columns.weights]
  const scratchBytes = 4 * Math.max(width, columns.start.length) * channels
  const sizes = [...tables.map((table) => table.byteLength), scratchBytes, target.byteLength]
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const places = placeAreas(kernels, bytes, sizes)
  if (places === undefined) return false
  tables.forEach((table, i) => {
    const from = new Uint8Array(table.buffer, table.byteOffset, table.byteLength)
    new Uint8Array(kernels.memory.buffer, places.others[i], table.byteLength).set(from)
  })
  const [rowStarts, rowWeights, columnStarts, columnWeights, scratch, output] = places.others
  const image = [places.input, isFloat ? 1 : 0, height, width, channels]
  const ofRows = [rowStarts, rowWeights, rows.taps, rows.start.length]
  const ofColumns = [columnStarts, columnWeights, columns.taps, columns.start.length]
  kernels[name](...image, ...ofRows, ...ofColumns, ...numbers, scratch, output)
  target.set(new Float32Array(kernels.memory.buffer, output, target.length))
  return true
}
