import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NdArray, Rng } from 'millrace'
import { encodeJpeg, resize } from 'millrace/image'
import { temporaryFolder } from './temporaryFolder.ts'

export const [height, width] = [375, 500]

/** Photo-like JPEGs of about 57 KB in a folder of two classes: clouds of noise at several scales, shapes, and grain. */
export async function writePictures(count: number): Promise<{ folder: string; close: () => Promise<void> }> {
  const { folder, close } = await temporaryFolder()
  await Promise.all(['a', 'b'].map((name) => mkdir(join(folder, name))))
  for (let i = 0; i < count; i++) {
    const file = join(folder, i % 2 === 0 ? 'a' : 'b', `${String(i).padStart(5, '0')}.jpg`)
    await writeFile(file, await encodeJpeg(photo(i), { quality: 90 }))
  }
  return { folder, close }
}

export function photo(seed: number): NdArray<'uint8', 3> {
  const rng = new Rng({ a: seed, b: 1 })
  const values = new Float32Array(height * width * 3).fill(rng.uniform(60, 180))
  for (const [side, weight] of [
    [3, 60],
    [12, 34],
    [48, 20],
    [140, 12],
  ] as const) {
    const cloud = new NdArray(
      'float32',
      [side, side, 3],
      Float32Array.from({ length: 3 * side * side }, () => rng.normal(0, weight)),
    )
    const { data } = resize(cloud, [height, width], { method: 'bicubic' })
    for (let i = 0; i < values.length; i++) values[i] += data[i]
  }
  for (let shape = 0; shape < 6; shape++) drawDisc(values, rng)
  // Grain: the low bits of a cheap generator.
  let word = seed + 1
  for (let i = 0; i < values.length; i++) {
    word = (Math.imul(word, 1664525) + 1013904223) | 0
    values[i] += (word >> 27) * 0.5
  }
  return new NdArray('uint8', [height, width, 3], new Uint8Array(Uint8ClampedArray.from(values).buffer))
}

function drawDisc(values: Float32Array, rng: Rng): void {
  const [top, left, radius] = [rng.uniform(0, height), rng.uniform(0, width), rng.uniform(10, 80)]
  const color = [rng.uniform(0, 255), rng.uniform(0, 255), rng.uniform(0, 255)]
  for (let y = Math.max(0, Math.ceil(top - radius)); y < Math.min(height, top + radius); y++) {
    for (let x = Math.max(0, Math.ceil(left - radius)); x < Math.min(width, left + radius); x++) {
      if ((y - top) ** 2 + (x - left) ** 2 > radius ** 2) continue
      for (let c = 0; c < 3; c++)
        values[3 * (y * width + x) + c] = 0.6 * values[3 * (y * width + x) + c] + 0.4 * color[c]
    }
  }
}
