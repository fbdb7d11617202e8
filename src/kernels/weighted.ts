/** Sampling with filters with the kernel: one copy of the image in and one of the floats out. */
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
  if (!withKernel(source, rows, columns, target)) weightedPlain(source, rows, columns, target)
}

function withKernel(
  { data, height, width, channels }: Pixels,
  rows: WeightedSampling,
  columns: WeightedSampling,
  target: Float32Array,
): boolean {
  const isFloat = data instanceof Float32Array
  const kernels = kernelModule()
  if (kernels === null || !(isFloat || data instanceof Uint8Array)) return false
  const tables = [rows.start, rows.weights, columns.start, columns.weights]
  const sizes = [...tables.map((table) => table.byteLength), 4 * width * channels, target.byteLength]
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const places = placeAreas(kernels, bytes, sizes)
  if (places === undefined) return false
  const [rowStarts, rowWeights, columnStarts, columnWeights, scratch, output] = places.others
  tables.forEach((table, i) => {
    const from = new Uint8Array(table.buffer, table.byteOffset, table.byteLength)
    new Uint8Array(kernels.memory.buffer, places.others[i], table.byteLength).set(from)
  })
  kernels.resizeWeighted(
    places.input,
    isFloat ? 1 : 0,
    height,
    width,
    channels,
    rowStarts,
    rowWeights,
    rows.taps,
    rows.start.length,
    columnStarts,
    columnWeights,
    columns.taps,
    columns.start.length,
    scratch,
    output,
  )
  target.set(new Float32Array(kernels.memory.buffer, output, target.length))
  return true
}
