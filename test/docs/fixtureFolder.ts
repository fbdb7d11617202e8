import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { Dataset } from '../../src/dataset/dataset.ts'
import { encodeJpeg } from '../../src/image/encodeJpeg.ts'
import { encodePng } from '../../src/image/encodePng.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import { writeTFRecords } from '../../src/tfrecord/writeTFRecords.ts'

const flowers = ['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips']

/** Makes a folder of the files that the examples of the documentation read; its path. */
export async function fixtureFolder(root: string): Promise<string> {
  const write = (path: string, content: string | Uint8Array): void => {
    const at = join(root, path)
    mkdirSync(join(at, '..'), { recursive: true })
    writeFileSync(at, content)
  }
  for (const [label, name] of flowers.entries()) {
    for (let i = 0; i < 8; i++) write(`flower_photos/${name}/${i}.jpg`, await encodeJpeg(picture(label, i)))
  }
  for (const name of ['a/1.jpg', 'a/2.jpg', 'b/1.jpg']) write(`photos/${name}`, await encodeJpeg(picture(0, 1)))
  write('photos/a/17.jpg', (await encodeJpeg(picture(0, 2))).subarray(0, 300))
  const rose = picture(2, 0)
  write(
    'rose.webp',
    await sharp(rose.data, { raw: { width: 64, height: 48, channels: 3 } })
      .webp()
      .toBuffer(),
  )
  write('rose.jpg', await encodeJpeg(rose))
  write('rose.png', await encodePng(rose))
  write('depth.png', await encodePng(ndarray(new Uint16Array(64).fill(1000), [8, 8, 1])))
  write('people.csv', 'name,age,city\n"Lovelace, Ada",36,London\nGrace,85,New York\nAlan,41,Wilmslow\n')
  const digits = Dataset.range(20).map((i) => ({ image: new Uint8Array(28 * 28).fill(i), label: i % 10 }))
  await writeTFRecords(join(root, 'train.tfrecord'), digits)
  await writeTFRecords(join(root, 'train'), digits, { shards: 2 })
  await writeTFRecords(join(root, 'train-0.tfrecord'), digits.take(10))
  await writeTFRecords(join(root, 'train-1.tfrecord'), digits.skip(10))
  const pictures = Dataset.range(6).map(async (i) => ({ image_raw: await encodeJpeg(picture(i % 5, i)), label: i % 5 }))
  await writeTFRecords(join(root, 'flowers-0.tfrecord'), pictures)
  cpSync(fileURLToPath(new URL('../fixtures/numpy/points.npz', import.meta.url)), join(root, 'points.npz'))
  write(
    'pipeline.ts',
    "import { Dataset } from 'millrace'\nexport default Dataset.range(1000).map((x) => x * x).batch(32)\n",
  )
  write('package.json', '{ "type": "module" }')
  await Dataset.range(5).save(join(root, 'cache/squares'))
  write('places.csv', 'city,country\nLondon,GB\nNew York,US\n')
  return root
}

/** A picture that the label and a number tell from others: a square on a coloured ground. */
function picture(label: number, number: number): NdArray<'uint8'> {
  const [height, width] = [48, 64]
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    const inside = Math.abs(x - 8 - 6 * number) < 8 && Math.abs(y - 24) < 8
    return (inside ? 255 - 40 * label : 50 * label) + (i % 3) * 10
  })
  return ndarray(data, [height, width, 3])
}
