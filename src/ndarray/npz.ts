import { InvalidArgumentError } from '../core/errors.ts'
import type { NdArray } from './ndarray.ts'
import { parseNpy } from './npy.ts'
import { extract, readZip } from './zip.ts'

/**
 * Reads the bytes of an npz file: the arrays that `numpy.savez` and `numpy.savez_compressed` put into one, by name.
 *
 * @param bytes the whole file
 * @param file its name, for messages
 * @param keys the arrays to read, all by default; others are not decompressed
 * @throws InvalidArgumentError where it is no npz file, lacks a key, or holds what no NdArray does
 * @throws DataLossError where it is damaged
 * @example
 * const bytes = await readFile('points.npz')
 * parseNpz(bytes, 'points.npz', ['x', 'label']) // { x: float32 [[1, 2], [3, 4]], label: string ['a', 'b'] }
 */
export function parseNpz(bytes: Uint8Array, file = 'the file', keys?: readonly string[]): Record<string, NdArray> {
  const entries = new Map(readZip(bytes, file).map((entry) => [entry.name.replace(/\.npy$/, ''), entry]))
  const arrays = (keys ?? [...entries.keys()]).map((key) => {
    const entry = entries.get(key)
    if (entry === undefined) {
      throw new InvalidArgumentError(`npz: ${file} has no array ${JSON.stringify(key)}.`, {
        file,
        hint: `It has ${[...entries.keys()].join(', ')}.`,
      })
    }
    return [key, parseNpy(extract(bytes, entry, file), `${file}/${entry.name}`)] as const
  })
  return Object.fromEntries(arrays)
}
