import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { decodePng } from '../../src/image/decodePng.ts'
import { encodeNpy, ndarray } from '../../src/index.ts'
import { bytesFeature, floatFeature, int64Feature, writeTFRecords } from '../../src/tfrecord/index.ts'
import { corpus } from '../image/corpus.ts'

const folder = mkdtempSync(join(tmpdir(), 'millrace-preview-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pictures = await corpus()
const at = (...names: string[]) => join(folder, ...names)

/** Runs `millrace preview`, and gives what it prints with the folder's name cut out. */
async function preview(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const code = await run(['preview', ...args], {
    stdout: { write: (text: string) => (written.out += text.replaceAll(folder, '')) },
    stderr: { write: (text: string) => (written.err += text.replaceAll(folder, '')) },
  })
  return { code, ...written }
}

async function sheetSize(): Promise<number[]> {
  return [...(await decodePng(readFileSync(at('sheet.png')))).shape]
}

const sheet = ['-o', at('sheet.png'), '--size', '16']

describe('millrace preview', () => {
  it('shows a folder of classes, with a histogram', async () => {
    mkdirSync(at('flowers/rose'), { recursive: true })
    mkdirSync(at('flowers/daisy'))
    writeFileSync(at('flowers/rose/1.jpg'), pictures['rgb.jpg'])
    writeFileSync(at('flowers/rose/2.webp'), pictures['rgb.webp'])
    writeFileSync(at('flowers/daisy/1.png'), pictures['rgb.png'])
    const { code, out } = await preview(at('flowers'), ...sheet, '--histogram', at('classes.png'))
    expect(code).toBe(0)
    expect(out.split('\n').slice(0, 4)).toEqual([
      '/flowers: 3 pictures in 2 classes',
      '  daisy  ###############                 1',
      '  rose   ##############################  2',
      '  21 x 33 pixels (height x width, of 3)',
    ])
    expect(out).toMatch(/channel 2: mean \d+\.\d\d, deviation \d+\.\d\d, \d+ to \d+\n\/sheet.png\n\/classes.png\n$/)
    expect(await sheetSize()).toEqual([10 + 20 + 8, 3 * 32, 3])
    expect((await decodePng(readFileSync(at('classes.png')))).shape[0]).toBe(58)
  })

  it('shows a folder without classes, and variants', async () => {
    const { out } = await preview(at('flowers/rose'), ...sheet, '--augment', '-n', '2')
    expect(out).toContain('/flowers/rose: 2 pictures\n')
    expect(await sheetSize()).toEqual([2 * (10 + 20) + 8, 5 * 24 + 8, 3])
  })

  it('shows encoded pictures and raw ones of TFRecords, with labels and boxes', async () => {
    const box = (value: number) => floatFeature([value])
    await writeTFRecords(at('boxes.tfrecord'), [
      {
        'image/encoded': bytesFeature(pictures['rgb.jpg']),
        'image/class/text': bytesFeature('rose'),
        'image/object/bbox/ymin': box(0.1),
        'image/object/bbox/xmin': box(0.2),
        'image/object/bbox/ymax': box(0.7),
        'image/object/bbox/xmax': box(0.9),
      },
    ])
    const { out } = await preview(at('boxes.tfrecord'), ...sheet, '--json')
    expect(JSON.parse(out)).toMatchObject({
      pictures: 1,
      counts: { rose: 1 },
      statistics: { images: 1, width: [33, 33] },
    })
    const pixels = Array.from((await decodePng(readFileSync(at('sheet.png')))).data)
    expect(pixels.some((_, i) => pixels[i] === 0 && pixels[i + 1] === 114 && pixels[i + 2] === 178)).toBe(true)
    const digits = Array.from({ length: 12 }, (_, i) => ({
      image_raw: bytesFeature(new Uint8Array(12).fill(i)),
      height: int64Feature(3),
      width: int64Feature(4),
      label: int64Feature(i % 11),
    }))
    await writeTFRecords(at('digits.tfrecord'), digits)
    const raw = await preview(at('digits.tfrecord'), ...sheet, '--augment')
    expect(raw.out).toContain('12 pictures in 11 classes\n  0   ##############################  2\n  1 ')
    expect(raw.out).toContain('3 x 4 pixels')
  })

  it('shows raw pixels of a shape that is given', async () => {
    await writeTFRecords(at('raw.tfrecord'), [
      { pixels: bytesFeature(new Uint8Array(12).fill(7)), label: int64Feature(3) },
    ])
    const { out } = await preview(at('raw.tfrecord'), ...sheet, '--shape', '2,6,1', '--json')
    expect(JSON.parse(out)).toMatchObject({ counts: { 3: 1 }, statistics: { height: [2, 2], width: [6, 6] } })
  })

  it('shows arrays and single pictures', async () => {
    writeFileSync(at('digits.npy'), encodeNpy(ndarray(new Uint8Array(5 * 6 * 7).fill(9), [5, 6, 7])))
    writeFileSync(at('labels.npy'), encodeNpy(ndarray(Int32Array.of(3, 3, 1, 3, 2))))
    const { out } = await preview(at('digits.npy'), ...sheet, '--labels', at('labels.npy'), '--json')
    expect(JSON.parse(out)).toMatchObject({
      pictures: 5,
      counts: { 1: 1, 2: 1, 3: 3 },
      statistics: { channels: [{ mean: 9, std: 0, min: 9, max: 9 }], height: [6, 6], width: [7, 7] },
    })
    const header = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2])
    writeFileSync(at('few-images-idx3-ubyte'), Buffer.concat([header, Buffer.alloc(8, 5)]))
    expect((await preview(at('few-images-idx3-ubyte'), ...sheet)).out).toContain('2 pictures\n  2 x 2 pixels')
    expect((await preview(at('flowers/daisy/1.png'), ...sheet)).out).toContain('1 picture\n  21 x 33 pixels')
  })

  it.each([
    [['none'], 1, 'NotFoundError: cannot open /none: ENOENT'],
    [['text.txt'], 1, 'DataLossError'],
    [
      ['flowers', '-n', '0'],
      2,
      "error: option '-n, --count <n>' argument '0' is invalid. It takes a whole number of at least 1.",
    ],
    [
      ['numbers.tfrecord'],
      1,
      'InvalidArgumentError: preview: there are no pictures in /numbers.tfrecord. Its Examples must have one',
    ],
    [['few.tfrecord', '--shape', '2,2,3'], 1, 'InvalidArgumentError: preview: there are no pictures in /few.tfrecord.'],
    [
      ['few.tfrecord', '--shape', '2,2,3', '--feature', 'pixels'],
      1,
      'InvalidArgumentError: preview: there are no pictures in /few.tfrecord. Feature pixels holds 5 bytes, not 2 x 2 x 3.',
    ],
    [
      ['few.tfrecord', '--shape', '2,2'],
      2,
      "error: option '--shape <h,w,c>' argument '2,2' is invalid. It takes 3 whole",
    ],
    [['gaps'], 1, 'NotFoundError: imageTable: there is no picture in /gaps/empty, the folder of a class.'],
    [
      ['gaps/full', '--histogram', 'x.png'],
      2,
      'InvalidArgumentError: preview: --histogram counts labels, and /gaps/full has none.',
    ],
    [
      ['gaps/full/1.png', '--labels', 'x'],
      2,
      'InvalidArgumentError: preview: --labels is for an idx or npy file, and /gaps/full/1.png is a picture.',
    ],
    [
      ['gaps/full', '--feature', 'x'],
      2,
      'InvalidArgumentError: preview: --feature is for a TFRecord file, and /gaps/full is a folder.',
    ],
    [
      ['flat.npy'],
      1,
      'InvalidArgumentError: preview: there are no pictures in /flat.npy. Its rows must be [height, width]',
    ],
  ])('refuses %j', async ([name, ...args], exitCode, message) => {
    writeFileSync(at('text.txt'), 'not a picture, and no TFRecord either')
    writeFileSync(at('flat.npy'), encodeNpy(ndarray(new Float32Array(4))))
    await writeTFRecords(at('numbers.tfrecord'), [{ n: int64Feature(1) }])
    await writeTFRecords(at('few.tfrecord'), [{ pixels: bytesFeature(new Uint8Array(5)) }])
    mkdirSync(at('gaps/full'), { recursive: true })
    mkdirSync(at('gaps/empty'), { recursive: true })
    writeFileSync(at('gaps/full/1.png'), pictures['rgb.png'])
    const { code, err } = await preview(at(name), ...sheet, ...args)
    expect([code, err.slice(0, message.length)]).toEqual([exitCode, message])
  })
})
