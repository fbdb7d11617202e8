import { readFileSync } from 'node:fs'
import { Dataset, ndarray, Rng } from 'millrace'
import { imageFolder, imageTable } from 'millrace/image'

export const rng = new Rng({ a: 1, b: 0 })
export const image = ndarray(
  Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * 7) % 256),
  [8, 8, 3],
)
export const mask = ndarray(new Uint8Array(64), [8, 8, 1])
export const bytes = readFileSync('rose.jpg')
export const table = await imageTable('flower_photos')
export const train = imageFolder('flower_photos', { size: [32, 32], dtype: 'uint8' })
export const decoded = Dataset.fromTensors({ image, label: 3 })
export const dataset = decoded
