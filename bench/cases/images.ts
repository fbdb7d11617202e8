import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { Dataset, release, workerFn } from 'millrace'
import { imageFolder, type ImageFolderOptions } from 'millrace/image'
import type { Case } from '../measure.ts'
import { pythonSides } from '../python/python.ts'
import { writePictures } from './pictureFiles.ts'
import type * as tasks from './workerTasks.ts'

const decode = workerFn<typeof tasks.decode>(new URL('./workerTasks.js', import.meta.url), 'decode')

const size = [224, 224] as const
const batchSize = 32

/** B4: JPEGs of 500 x 375 pixels and about 57 KB from the page cache, to float32 batches of 32 x 224 x 224. */
export const pictures: Case = {
  name: 'B4 images: read, decode, resize to 224 x 224 float32 and batch(32), JPEGs of 500 x 375',
  element: 'picture',
  mostRounds: 3,
  async open(quick) {
    // AUTOTUNE takes a part of each pass to find its threads: over 512, rounds of tf.data differed by twice.
    const count = quick ? 64 : 2048
    const { folder, close } = await writePictures(count)
    const files = ['a', 'b'].flatMap((name) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)))
    const augment = { crop: true, flipLeftRight: true, brightness: 0.2 } as const
    const sides = [
      { name: 'millrace', run: () => load(folder, { size }) },
      {
        name: 'millrace, random crop, flip, brightness, normalize',
        run: () => load(folder, { size, augment, normalize: [-1, 1] }),
      },
      { name: 'millrace, exact DCT', run: () => load(folder, { size, dctMethod: 'INTEGER_ACCURATE' }) },
      { name: 'millrace, one thread', run: () => load(folder, { size, workers: 1 }) },
      { name: 'raw limit: read and decode in 2 workers', run: () => decodeAlone(files) },
      { name: 'sharp alone, 4 in flight', run: () => withSharp(files) },
      ...(await pythonSides(
        {
          tf_images_fast: 'tf.data, AUTOTUNE, INTEGER_FAST',
          tf_images_exact: 'tf.data, AUTOTUNE, INTEGER_ACCURATE',
          tf_images: 'tf.data, AUTOTUNE, as it is',
          torch_images: 'torch DataLoader with OpenCV, 2 workers',
          wds_images: 'WebDataset with OpenCV, 2 tar files, 2 workers',
        },
        count,
        [folder],
      )),
    ]
    return { sides, close }
  },
}

async function load(folder: string, options: ImageFolderOptions): Promise<number> {
  let count = 0
  await imageFolder(folder, options)
    .batch(batchSize)
    .forEach((batch) => {
      count += batch.image.shape[0]
      release(batch)
    })
  return count
}

/** What no path can do without: the files in memory, and libjpeg-turbo's own work. */
async function decodeAlone(files: readonly string[]): Promise<number> {
  let count = 0
  await Dataset.fromTensorSlices([...files])
    .map(decode, { workers: 2, blockSize: 4 })
    .forEach(() => count++)
  return count
}

async function withSharp(files: readonly string[]): Promise<number> {
  sharp.concurrency(1)
  const one = 3 * size[0] * size[1]
  for (let start = 0; start < files.length; start += batchSize) {
    const batch = new Float32Array(batchSize * one)
    let next = start
    const end = Math.min(start + batchSize, files.length)
    const work = async (): Promise<void> => {
      while (next < end) {
        const i = next++
        const pixels = await sharp(files[i])
          .resize(size[1], size[0], { fit: 'fill', kernel: 'linear' })
          .raw()
          .toBuffer()
        batch.set(pixels, (i - start) * one)
      }
    }
    await Promise.all([work(), work(), work(), work()])
  }
  return files.length
}
