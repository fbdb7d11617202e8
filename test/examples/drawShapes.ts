import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodePng } from '../../src/image/encodePng.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'

/** Writes a folder of two classes, pictures of bars and of discs, `count` of each. */
export async function drawShapes(folder: string, count = 24, names = ['bars', 'discs']): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, name), { recursive: true })
    for (let i = 0; i < count; i++) {
      await writeFile(join(folder, name, `${i}.png`), await encodePng(shape(name === names[1], i)))
    }
  }
}

/** A red disc, or a blue bar, at a place of its own. */
function shape(isDisc: boolean, i: number): NdArray<'uint8', 3> {
  const data = new Uint8Array(24 * 20 * 3).fill(250 - i)
  const [top, left] = [8 + (i % 7), 6 + (i % 9)]
  for (let y = 0; y < 20; y++) {
    for (let x = 0; x < 24; x++) {
      const inside = isDisc ? (y - top) ** 2 + (x - left) ** 2 < 25 : Math.abs(y - top) < 3
      if (inside) data.set(isDisc ? [200, 30, 30] : [30, 30, 200], 3 * (y * 24 + x))
    }
  }
  return new NdArray('uint8', [20, 24, 3], data)
}
