import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ndarray } from '../../../src/ndarray/ndarray.ts'
import { tfrecords } from '../../../src/tfrecord/tfrecords.ts'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { tensorBoard } from '../../../src/train/callbacks/tensorBoard.ts'
import { fit } from '../../../src/train/fit.ts'
import { encodePng } from '../../../src/train/tensorboard/encodePng.ts'
import { EventWriter } from '../../../src/train/tensorboard/eventWriter.ts'
import { histogramOf } from '../../../src/train/tensorboard/histogram.ts'
import { batches, smallModel } from '../models.ts'
import { writeSample } from './sample.ts'

const golden = (name: string) => readFile(new URL(name, import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'))
  await setBackend('cpu')
})
afterAll(() => rm(folder, { recursive: true }))

interface Golden {
  readonly events: { readonly step: number; readonly values: readonly Record<string, unknown>[] }[]
  readonly histogram: { readonly values: number[]; readonly limits: number[]; readonly buckets: number[] }
}

describe('EventWriter', () => {
  it('writes the bytes that TensorFlow read', async () => {
    expect(await readFile(await writeSample(folder))).toEqual(await golden('events.tfevents'))
  })

  it('wrote what TensorFlow found in them', async () => {
    const { events } = JSON.parse(String(await golden('events.json'))) as Golden
    expect(events.map(({ step }) => step)).toEqual([0, 1, 2 ** 33, 3, 4, 5])
    expect(events.flatMap(({ values }) => values.map(({ tag }) => tag))).toEqual([
      'loss',
      'loss',
      'kernel',
      'grey',
      'colour',
    ])
    expect(events[1].values[0]).toEqual({ tag: 'loss', scalar: 0.5 })
    const { min, max, count, sum, sumOfSquares, ...rest } = histogramOf([0, -1.5, 0.25, 0.25, 3])
    expect(events[3].values[0]).toMatchObject({ min, max, num: count, sum, sumSquares: sumOfSquares, ...rest })
    expect(events[4].values[0]).toMatchObject({ size: [2, 3, 1], pixels: [0, 255, 7, 9, 10, 11] })
    expect(events[5].values[0]).toMatchObject({ size: [1, 2, 3], pixels: [0, 128, 255, 255, 0, 64] })
  })

  it('has whole records after each flush, and a file of its own each time', async () => {
    const directory = join(folder, 'grows')
    const count = async (path: string) => (await tfrecords([path]).toArray()).length
    const options = { wallTime: () => 5, suffix: 'x' }
    const [first, second] = [await EventWriter.create(directory, options), await EventWriter.create(directory, options)]
    first.scalar('a', 1, 1)
    await first.flush()
    expect(await count(first.path)).toBe(2)
    first.scalar('a', 2, 2)
    await first.close()
    await second.close()
    expect(await count(first.path)).toBe(3)
    expect((await readdir(directory)).length).toBe(2)
  })

  it('names a folder that cannot be made', async () => {
    const taken = join(folder, 'taken')
    await writeFile(taken, '')
    await expect(EventWriter.create(join(taken, 'logs'))).rejects.toMatchObject({ file: join(taken, 'logs') })
  })
})

describe('histogramOf', () => {
  it('counts as TensorFlow does', async () => {
    const { histogram } = JSON.parse(String(await golden('events.json'))) as Golden
    const { values, ...wanted } = histogram
    expect(histogramOf(values)).toMatchObject(wanted)
  })

  it('counts nothing, and refuses NaN', () => {
    expect(histogramOf([])).toMatchObject({ min: 0, max: 0, count: 0, sum: 0, buckets: [0] })
    expect(() => histogramOf([1, NaN])).toThrow('histogram: value 1 is NaN.')
  })
})

describe('encodePng', () => {
  it.each([[[2, 2, 2]], [[4]], [[1, 2, 3, 4]]])('refuses shape %j', (shape: number[]) => {
    const size = shape.reduce((product, axis) => product * axis, 1)
    expect(() => encodePng(ndarray(new Uint8Array(size), shape))).toThrow('tensorBoard: a picture is uint8')
  })
})

describe('tensorBoard', () => {
  it('tells steps, validations, passes and weights of a run', async () => {
    const directory = join(folder, 'run')
    const told: number[] = []
    const callback = tensorBoard(directory, {
      updateFreq: 4,
      histograms: true,
      more: (writer, { step }) => {
        told.push(step)
        writer.image('picture', ndarray(new Uint8Array(4), [2, 2]), step)
      },
    })
    const options = { inputs: 'image', targets: 'label', epochs: 2 } as const
    await fit(smallModel(), batches(), { ...options, validation: batches(16), callbacks: [callback] })
    expect(told).toEqual([6, 12])
    const [file] = await readdir(directory)
    const text = (await readFile(join(directory, file))).toString('latin1')
    const count = (tag: string) => text.split(tag).length - 1
    expect([count('\x04loss'), count('waiting_share'), count('valLoss'), count('epoch_loss')]).toEqual([3, 3, 2, 2])
    expect(count('/kernel')).toBe(6)
    expect(count('picture')).toBe(2)
  })
})
