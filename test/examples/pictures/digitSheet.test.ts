import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digitSheet, type Digit, type DigitSheetOptions } from '../../../examples/pictures/digitSheet.ts'
import { count, decode, type Decoded } from './decode.ts'

const scale = 5 // of a picture of 28 x 28
let folder = ''
let drawn = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-sheet-'))
})

afterAll(() => rm(folder, { recursive: true }))

async function write(options: Partial<DigitSheetOptions>): Promise<string> {
  const path = join(folder, `${drawn++}.png`)
  await digitSheet(path, { title: 'Misread', digits: [], ...options })
  return path
}

const draw = async (options: Partial<DigitSheetOptions>): Promise<Decoded> => decode(await write(options))

/** A black picture with one pixel set. */
function digit(pixels: Uint8Array | Float32Array = new Uint8Array(784), at = 0, value = 0): Digit {
  pixels[at] = value
  return { pixels, truth: 4, guess: 9, confidence: 0.87 }
}

describe('digitSheet', () => {
  it('enlarges a pixel to a square of its own grey, without blur', async () => {
    const blank = await draw({ digits: [digit()] })
    const dotted = await draw({ digits: [digit(new Uint8Array(784), 3 * 28 + 7, 200)] })
    const changed = dotted.colors.flatMap((color, i) => (color === blank.colors[i] ? [] : [{ color, i }]))
    expect(changed).toHaveLength(scale * scale)
    expect(new Set(changed.map(({ color }) => color))).toEqual(new Set(['#c8c8c8']))
    const [first] = changed
    const square = changed.map((_, k) => first.i + (k % scale) + Math.floor(k / scale) * dotted.width)
    expect(changed.map(({ i }) => i)).toEqual(square)
    const corner = blank.colors.indexOf('#000000')
    expect(first.i - corner).toBe(scale * (3 * dotted.width + 7))
  })

  it('writes the same bytes for floats 0 to 1 as for bytes', async () => {
    const bytes = Uint8Array.from({ length: 784 }, (_, i) => i % 256)
    const floats = Float32Array.from(bytes, (byte) => byte / 255)
    const [a, b] = await Promise.all([write({ digits: [digit(bytes)] }), write({ digits: [digit(floats)] })])
    expect(await readFile(a)).toEqual(await readFile(b))
  })

  it('shows floats outside 0 to 1 as black and white, and NaN as black', async () => {
    const tame = [0, 0, 1, 1]
    const wild = [NaN, -5, 7, Infinity]
    const [a, b] = await Promise.all(
      [tame, wild].map((values) =>
        write({ width: 2, height: 2, digits: [digit(Float32Array.from(values), 0, values[0])] }),
      ),
    )
    expect(await readFile(a)).toEqual(await readFile(b))
  })

  const sizes: [digits: number, width: number, height: number][] = [
    [0, 560, 106],
    [1, 560, 302],
    [5, 560, 488],
    [64, 1410, 1604],
    [70, 1410, 1604],
  ]
  for (const [digits, width, height] of sizes) {
    it(`lays out ${digits} pictures`, async () => {
      const sheet = await draw({ digits: Array.from({ length: digits }, () => digit()) })
      expect(sheet.height).toBe(height)
      expect(Math.abs(sheet.width - width)).toBeLessThan(40)
      expect(count(sheet, '#000000')).toBe(Math.min(digits, 64) * 784 * scale * scale)
    })
  }

  it('says that there is none, how many there are, and how many are left out', async () => {
    const none = await draw({})
    expect(count(none, '#5b6470')).toBeGreaterThan(50)
    const digits = [digit(), digit(), digit()]
    const [all, some] = await Promise.all([draw({ digits: digits.slice(0, 2) }), draw({ digits, limit: 2 })])
    expect([some.width, some.height]).toEqual([all.width, all.height])
    expect(some.colors).not.toEqual(all.colors)
  })

  it('captions a picture with what it is, what it was read as, and how surely', async () => {
    const base = digit()
    const others: Digit[] = [
      { ...base, truth: 5 },
      { ...base, guess: 8 },
      { ...base, confidence: 0.5 },
      { ...base, confidence: NaN },
      { ...base, truth: 'Animals and Nature', guess: 'Smileys and Emotion' },
    ]
    const pictures = await Promise.all([base, ...others].map(async (one) => readFile(await write({ digits: [one] }))))
    expect(new Set(pictures.map((bytes) => bytes.toString('base64'))).size).toBe(pictures.length)
  })

  it('takes pictures of any size', async () => {
    const wide = await draw({ width: 40, height: 10, digits: [digit(new Uint8Array(400))] })
    expect(count(wide, '#000000')).toBe(400 * 3 * 3)
    const large = await draw({ width: 200, height: 160, digits: [digit(new Uint8Array(32_000))] })
    expect(count(large, '#000000')).toBe(32_000)
  })

  const black = digit()
  const refused: [options: Partial<DigitSheetOptions>, message: string][] = [
    [
      { digits: [black, digit(new Uint8Array(783))] },
      'digitSheet: picture 1 holds 783 values, not 28 x 28. Give the width and height of the pictures.',
    ],
    [{ width: 0 }, 'digitSheet: width must be a whole number of at least 1, got 0.'],
    [{ height: 2.5 }, 'digitSheet: height must be a whole number of at least 1, got 2.5.'],
    [{ limit: -1 }, 'digitSheet: limit must be a whole number of at least 1, got -1.'],
  ]
  it.each(refused)('refuses case %# and writes nothing', async (options, message) => {
    const path = join(folder, 'refused.png')
    const failing = digitSheet(path, { title: 'Misread', digits: [], ...options })
    await expect(failing).rejects.toMatchObject({ name: 'InvalidArgumentError', message })
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
