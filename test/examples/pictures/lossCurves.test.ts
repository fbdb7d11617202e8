import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lossCurves, type Measure, type Series } from '../../../examples/pictures/lossCurves.ts'
import { count, decode, type Decoded } from './decode.ts'

const blue = '#0072b2'
const vermillion = '#d55e00'
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-curves-'))
})

afterAll(() => rm(folder, { recursive: true }))

const noisy = Array.from({ length: 400 }, (_, i): Measure => {
  const loss = (2.3 * Math.exp(-i / 40) + 0.02) * (1 + 0.5 * Math.sin(i * i))
  return { step: i + 1, loss, accuracy: Math.min(1, 1 - loss / 3) }
})
const training: Series = { name: 'training', kind: 'training', measures: noisy }
const test: Series = { name: 'test', kind: 'validation', measures: [100, 200, 300, 400].map((i) => noisy[i - 1]) }

async function draw(name: string, series: readonly Series[]): Promise<Decoded> {
  const path = join(folder, `${name}.png`)
  await lossCurves(path, { title: 'A training', subtitle: name, series })
  return decode(path)
}

/** Pixels of a colour in the rows that `half` covers: the panel of the loss or that of the accuracy, no legend. */
function inPanel({ colors, width }: Decoded, color: string, half: 'loss' | 'accuracy'): number {
  const [top, bottom] = half === 'loss' ? [130, 500] : [500, 900]
  return colors.slice(top * width, bottom * width).filter((one) => one === color).length
}

describe('lossCurves', () => {
  it('draws both series in both panels on 1200 x 900 light pixels', async () => {
    const picture = await draw('full', [training, test])
    expect([picture.width, picture.height]).toEqual([1200, 900])
    expect(count(picture, '#ffffff')).toBeGreaterThan(500_000)
    for (const half of ['loss', 'accuracy'] as const) {
      expect(inPanel(picture, blue, half)).toBeGreaterThan(500)
      expect(inPanel(picture, vermillion, half)).toBeGreaterThan(200)
    }
  })

  it('writes the same bytes for the same input, in any order of the measures', async () => {
    const turned = { ...training, measures: noisy.toReversed() }
    await lossCurves(join(folder, 'a.png'), { title: 'Same', series: [training, test] })
    await lossCurves(join(folder, 'b.png'), { title: 'Same', series: [turned, test] })
    expect(await readFile(join(folder, 'a.png'))).toEqual(await readFile(join(folder, 'b.png')))
  })

  const empty: Record<string, readonly Series[]> = {
    'no series': [],
    'no measures': [{ ...training, measures: [] }],
    'only NaN': [{ ...training, measures: [{ step: 1, loss: NaN, accuracy: NaN }] }],
    'no values': [{ ...training, measures: [{ step: 1 }, { step: 2, loss: undefined }] }],
    'only infinite': [{ ...training, measures: noisy.map(({ step }) => ({ step, loss: Infinity })) }],
  }
  for (const [name, series] of Object.entries(empty)) {
    it(`leaves both panels empty with ${name}`, async () => {
      const picture = await draw(name, series)
      expect(inPanel(picture, blue, 'loss')).toBe(0)
      expect(inPanel(picture, blue, 'accuracy')).toBe(0)
      expect(count(picture, '#5b6470')).toBeGreaterThan(50)
    })
  }

  it('marks a single measure in each panel', async () => {
    const picture = await draw('one', [{ ...training, measures: [{ step: 5, loss: 2.3, accuracy: 0.1 }] }])
    expect(inPanel(picture, blue, 'loss')).toBeGreaterThan(40)
    expect(inPanel(picture, blue, 'accuracy')).toBeGreaterThan(40)
  })

  it('leaves a gap at a NaN instead of bridging it', async () => {
    const whole = await draw('whole', [test])
    const gap = await draw('gap', [
      { ...test, measures: test.measures.map((one) => (one.step === 200 ? { ...one, loss: NaN } : one)) },
    ])
    expect(inPanel(gap, blue, 'loss')).toBeLessThan(inPanel(whole, blue, 'loss') / 1.5)
    expect(inPanel(gap, blue, 'accuracy')).toBe(inPanel(whole, blue, 'accuracy'))
  })

  it('makes the folder, and leaves nothing else in it', async () => {
    const deep = join(folder, 'runs', 'mnist')
    await lossCurves(join(deep, 'curves.png'), { title: 'Deep', series: [test] })
    expect(await readdir(deep)).toEqual(['curves.png'])
  })

  it('fails with the error of the file system, and leaves no temporary file', async () => {
    const taken = join(folder, 'taken')
    await lossCurves(join(taken, 'curves.png', 'inner.png'), { title: 'A folder in the way', series: [] })
    const failing = lossCurves(join(taken, 'curves.png'), { title: 'Cannot be', series: [] })
    await expect(failing).rejects.toMatchObject({ name: 'FailedPreconditionError', file: join(taken, 'curves.png') })
    expect(await readdir(taken)).toEqual(['curves.png'])
  })
})
