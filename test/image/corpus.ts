import sharp from 'sharp'
import { encodeJpeg } from '../../src/image/encodeJpeg.ts'
import { encodePng } from '../../src/image/encodePng.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'

const [height, width] = [21, 33]

/** A small picture of ramps, an edge and a little noise. */
export function drawn(turn = 0): NdArray<'uint8', 3> {
  const data = new Uint8Array(height * width * 3)
  let word = 12345
  for (let i = 0; i < height * width; i++) {
    const [y, x] = [Math.floor(i / width), i % width]
    word = (Math.imul(word, 1664525) + 1013904223) | 0
    const noise = (word >>> 28) - 8
    const inside = (x - 16) ** 2 + (y - 10) ** 2 < 40
    const color = inside ? [220, 40, 80 + turn] : [x * 7, y * 11, 250 - x * 4 - turn]
    color.forEach((value, c) => (data[3 * i + c] = Math.min(255, Math.max(0, value + noise))))
  }
  return new NdArray('uint8', [height, width, 3], data)
}

/** An uncompressed BMP of 24 bits. */
function bmp({ data }: NdArray<'uint8', 3>): Uint8Array {
  const stride = Math.ceil((width * 3) / 4) * 4
  const file = Buffer.alloc(54 + stride * height)
  file.write('BM')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(54, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [3 * (y * width + x), 54 + stride * (height - 1 - y) + 3 * x]
      for (let c = 0; c < 3; c++) file[to + c] = data[from + 2 - c]
    }
  }
  return file
}

/** The same small picture in every format and kind that can be written here. */
export async function corpus(): Promise<Record<string, Uint8Array>> {
  const image = drawn()
  const gray = new NdArray(
    'uint8',
    [height, width, 1],
    image.data.filter((_, i) => i % 3 === 0),
  )
  const wide = new NdArray(
    'uint16',
    image.shape,
    Uint16Array.from(image.data, (value) => value * 257),
  )
  const raw = { raw: { width, height, channels: 3 as const } }
  const picture = () => sharp(image.data, raw)
  const frames = Buffer.concat([image.data, drawn(60).data])
  const moving = () => sharp(frames, { raw: { width, height: 2 * height, channels: 3, pageHeight: height } })
  return {
    'rgb.jpg': await encodeJpeg(image),
    'gray.jpg': await encodeJpeg(gray),
    'progressive.jpg': await encodeJpeg(image, { progressive: true }),
    'cmyk.jpg': await picture().toColourspace('cmyk').jpeg().toBuffer(),
    'rgb.png': await encodePng(image),
    'rgb16.png': await encodePng(wide),
    'gray.png': await encodePng(gray),
    'moving.gif': await moving().gif().toBuffer(),
    'rgb.bmp': bmp(image),
    'rgb.webp': await picture().webp({ lossless: true }).toBuffer(),
    'moving.webp': await moving().webp({ lossless: true }).toBuffer(),
    'rgb.tiff': await picture().tiff({ compression: 'deflate' }).toBuffer(),
    'cmyk.tiff': await picture().toColourspace('cmyk').tiff({ compression: 'deflate' }).toBuffer(),
    'rgb.avif': await picture().avif({ lossless: true }).toBuffer(),
  }
}
