import { readFileSync } from 'node:fs'
import { convertImageDtype } from '../../src/image/convertImageDtype.ts'
import { decodeImage, type DecodeImageOptions } from '../../src/image/decodeImage.ts'
import { decodeJpeg } from '../../src/image/decodeJpeg.ts'
import { decodePng, type DecodePngOptions } from '../../src/image/decodePng.ts'
import { adjustJpegQuality } from '../../src/image/jpegQuality.ts'
import { NdArray } from '../../src/ndarray/ndarray.ts'

/** What TensorFlow made of a picture. */
export interface Case {
  readonly picture: string
  readonly operation: 'decodeJpeg' | 'decodePng' | 'decodeImage' | 'adjustJpegQuality'
  readonly options: Readonly<Record<string, string | number | boolean>>
  readonly shape?: number[]
  readonly dtype?: string
  readonly data?: string
  readonly error?: string
}

const path = new URL('imageCodecs.json', import.meta.url)
export const golden = JSON.parse(readFileSync(path, 'utf8')) as { pictures: Record<string, string>; cases: Case[] }

/** The picture of a name such as `420.jpg`, or `420.jpg:74` for its first 74 bytes. */
export function picture(name: string): Buffer {
  const [whole, cut] = name.split(':') as [string, string?]
  const bytes = Buffer.from(golden.pictures[whole], 'base64')
  return cut === undefined ? bytes : bytes.subarray(0, Number(cut))
}

const renamed: Readonly<Record<string, string>> = { dct_method: 'dctMethod', expand_animations: 'expandAnimations' }

/** Its options, as they are named here. */
export function optionsOf(case_: Case): Record<string, unknown> {
  return Object.fromEntries(Object.entries(case_.options).map(([key, value]) => [renamed[key] ?? key, value]))
}

/** What is decoded here. */
export async function decode(case_: Case): Promise<NdArray> {
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

/** The bytes that are to come out. */
export function dataOf({ picture: name, options, dtype, data = '' }: Case): Buffer {
  const bytes = Buffer.from(data, 'base64')
  if (options.channels !== 4 || !shallow.includes(name)) return bytes
  const samples = dtype === 'uint16' ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2) : bytes
  for (let i = 3; i < samples.length; i += 4) samples[i] = dtype === 'uint16' ? 65535 : 255
  return bytes
}

/** The bytes of an array's values. */
export function bytesOf({ data }: NdArray): Buffer {
  const { buffer, byteOffset, byteLength } = data as Uint8Array
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** What a case is called. */
export const title = ({ picture: name, operation, options }: Case): string =>
  `${operation} ${name} ${JSON.stringify(options)}`
