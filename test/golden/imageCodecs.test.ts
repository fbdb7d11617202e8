import { describe, expect, it } from 'vitest'
import { decodeJpegSync } from '../../src/image/decodeJpeg.ts'
import { bytesOf, dataOf, decode, golden, optionsOf, picture, title } from './imageCodecCases.ts'

const whole = golden.cases.filter(({ error }) => error === undefined)
const failing = golden.cases.filter(({ error }) => error !== undefined)

describe('what TensorFlow decodes', () => {
  it.each(whole.map((case_) => [title(case_), case_] as const))('%s', async (_, case_) => {
    const image = await decode(case_)
    expect({ shape: image.shape, dtype: image.dtype }).toEqual({ shape: case_.shape, dtype: case_.dtype })
    expect(bytesOf(image).equals(dataOf(case_))).toBe(true)
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
