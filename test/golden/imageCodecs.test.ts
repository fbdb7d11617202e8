import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeImage, type DecodeImageOptions } from '../../src/image/decodeImage.ts'
import { decodeJpeg, decodeJpegSync } from '../../src/image/decodeJpeg.ts'
import { convertImageDtype } from '../../src/image/convertImageDtype.ts'
import { decodePng, type DecodePngOptions } from '../../src/image/decodePng.ts'
import { adjustJpegQuality } from '../../src/image/jpegQuality.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'

interface Case {
  readonly picture: string
  readonly operation: 'decodeJpeg' | 'decodePng' | 'decodeImage' | 'adjustJpegQuality'
  readonly options: Readonly<Record<string, string | number | boolean>>
  readonly shape?: number[]
  readonly dtype?: string
  readonly data?: string
  readonly error?: string
}

const path = new URL('imageCodecs.json', import.meta.url)
const golden = JSON.parse(readFileSync(path, 'utf8')) as { pictures: Record<string, string>; cases: Case[] }

/** The picture of a name such as `420.jpg`, or `420.jpg:74` for its first 74 bytes. */
function picture(name: string): Buffer {
  const [whole, cut] = name.split(':') as [string, string?]
  const bytes = Buffer.from(golden.pictures[whole], 'base64')
  return cut === undefined ? bytes : bytes.subarray(0, Number(cut))
}

const renamed: Readonly<Record<string, string>> = { dct_method: 'dctMethod', expand_animations: 'expandAnimations' }

function optionsOf(case_: Case): Record<string, unknown> {
  return Object.fromEntries(Object.entries(case_.options).map(([key, value]) => [renamed[key] ?? key, value]))
}

async function decode(case_: Case): Promise<NdArray> {
  const options = optionsOf(case_)
  if (case_.operation === 'adjustJpegQuality') {
    const pixels = new NdArray<'uint8', 3>('uint8', [19, 22, 3], new Uint8Array(picture(case_.picture)))
    return await adjustJpegQuality(convertImageDtype(pixels, options.dtype as 'uint8'), options.quality as number)
  }
  if (case_.operation === 'decodeJpeg') return await decodeJpeg(picture(case_.picture), options)
  if (case_.operation === 'decodePng') return await decodePng(picture(case_.picture), options as DecodePngOptions)
  return await decodeImage(picture(case_.picture), options as DecodeImageOptions)
}

/** Depths below 8 bits: the alpha that TensorFlow adds to them is opaque in that depth, and so nearly transparent. */
const shallow = ['gray1.png', 'gray2.png', 'gray4.png', 'palette2.png']

function dataOf({ picture: name, options, dtype, data = '' }: Case): Buffer {
  const bytes = Buffer.from(data, 'base64')
  if (options.channels !== 4 || !shallow.includes(name)) return bytes
  const samples = dtype === 'uint16' ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) : bytes
  for (let i = 3; i < samples.length; i += 4) samples[i] = dtype === 'uint16' ? 65535 : 255
  return bytes
}

const title = ({ picture: name, operation, options }: Case) => `${operation} ${name} ${JSON.stringify(options)}`
const whole = golden.cases.filter(({ error }) => error === undefined)
const failing = golden.cases.filter(({ error }) => error !== undefined)

describe('what TensorFlow decodes', () => {
  it.each(whole.map((case_) => [title(case_), case_] as const))('%s', async (_, case_) => {
    const image = await decode(case_)
    expect({ shape: image.shape, dtype: image.dtype }).toEqual({ shape: case_.shape, dtype: case_.dtype })
    const { buffer, byteOffset, byteLength } = image.data as Uint8Array
    const wanted = dataOf(case_)
    expect(Buffer.from(buffer, byteOffset, byteLength).equals(wanted)).toBe(true)
  })

  it('is the same from decodeJpegSync', () => {
    for (const case_ of whole.filter(({ operation }) => operation === 'decodeJpeg')) {
      const image = decodeJpegSync(picture(case_.picture), optionsOf(case_))
      expect(Buffer.from(image.data).toString('base64')).toBe(case_.data)
    }
  })
})

describe('what TensorFlow refuses', () => {
  const cut = failing.filter(({ picture: name }) => name.includes(':'))

  it.each(cut.map((case_) => [title(case_), case_] as const))('%s', async (_, case_) => {
    const thrown = await decode(case_).catch((error: unknown) => error as Error)
    expect(thrown instanceof Error ? thrown.name : 'none').toMatch(
      case_.picture.endsWith(':0') ? /^InvalidArgument/ : /^DataLoss/,
    )
  })

  it('is decoded where a conversion of channels is meant by it', async () => {
    for (const case_ of failing.filter((other) => !cut.includes(other))) {
      const image = await decode(case_).catch((error: unknown) => error as Error)
      if (image instanceof Error) throw new Error(`${title(case_)}: ${image.message}`)
      expect(image.shape.at(-1)).toBe(case_.options.channels === 0 ? 4 : case_.options.channels)
    }
  })
})
