import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Summary } from '../../../examples/mobilenet/runMobilenet.ts'
import { imageFolder } from '../../../src/image/imageFolder.ts'
import { loadModel, setBackend } from '../../../src/train/index.ts'
import { drawShapes } from '../drawShapes.ts'
import { filesOf } from '../filesOf.ts'
import { runExample } from '../runExample.ts'
import { writeNetwork } from '../writeNetwork.ts'

let folder: string
let common: readonly string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mobilenet-'))
  await drawShapes(join(folder, 'shapes'), 30)
  await drawShapes(join(folder, 'others'), 12)
  await writeNetwork(join(folder, 'network'))
  const places = { dir: 'shapes', weights: 'network', data: 'data' }
  common = Object.entries(places).flatMap(([flag, name]) => [`--${flag}`, join(folder, name)])
})
afterAll(() => rm(folder, { recursive: true }))

const run = (runs: string, flags: readonly string[], stopAt?: string) =>
  runExample<Summary>('mobilenet', [...common, '--runs', join(folder, runs), ...flags], stopAt)
const weights = (runs: string, name: string) => readFile(join(folder, runs, name, 'model', 'weights.bin'))
const learning = ['--batch', '16', '--copies', '2', '--learning-rate', '0.02']

describe('npm run example:mobilenet', () => {
  it('--quick trains a head, and writes everything', async () => {
    const { code, summary, errors } = await run('quick', ['--quick', '--batch', '16', '--learning-rate', '0.02'])
    expect(errors).toContain('with mirror images')
    expect(code).toBe(0)
    // The pictures and a copy of each, in batches of 16: seven steps a pass, the last one smaller.
    expect(Math.ceil((2 * summary.pictures.train) / 16)).toBe(7)
    expect(summary.steps).toBe(60)
    expect(summary).toMatchObject({ layer: 'wide_relu', interrupted: false, classNames: ['bars', 'discs'] })
    expect(summary.pictures.test).toBe(6)
    expect(summary.testAccuracy).toBeGreaterThan(0.8)
    expect(summary.confusion?.flat().reduce((sum, count) => sum + count)).toBe(6)
    const files = await readdir(summary.folder)
    expect(files).toEqual(expect.arrayContaining(['checkpoint.safetensors', 'curves.png', 'model', 'pictures.png']))
    expect(JSON.parse(await readFile(join(summary.folder, 'summary.json'), 'utf8'))).toEqual(summary)
  })

  it('tests on another folder, with the head and fine-tuned, by a model that takes pictures', async () => {
    const flags = [...learning, '--test-dir', join(folder, 'others')]
    const head = await run('tuned', flags)
    expect(head.summary.pictures.test).toBe(24)
    const kept = await filesOf(join(folder, 'tuned', 'mobilenet'))
    const fine = await run('tuned', [...flags, '--fine-tune', '--from', 'stem_relu', '--learning-rate', '0.005'])
    expect(fine.errors).toContain('test accuracy')
    expect(fine.summary).toMatchObject({ fineTunedAfter: 'stem_relu', layer: 'wide_relu', interrupted: false })
    expect(await filesOf(join(folder, 'tuned', 'mobilenet'))).toEqual(kept)
    expect(fine.summary.testAccuracy).toBeGreaterThanOrEqual(head.summary.testAccuracy ?? 1)
    await setBackend('cpu')
    const whole = await loadModel(join(fine.summary.folder, 'model'))
    let right = 0
    const pictures = imageFolder(join(folder, 'others'), {
      size: [24, 24],
      background: [255, 255, 255],
      normalize: [-1, 1],
      workers: 0,
    })
    for await (const { image, label } of pictures) {
      const [scores] = (whole.predict(tf.tensor(image.data, [1, ...image.shape])) as tf.Tensor2D).arraySync()
      if (scores.indexOf(Math.max(...scores)) === label) right++
    }
    expect(right / 24).toBeCloseTo(fine.summary.testAccuracy ?? -1, 6)
    whole.dispose()
  })

  it('fine-tunes the blocks after the layer that is named, and nothing else', async () => {
    await setBackend('cpu')
    const [before, after] = await Promise.all([
      loadModel(join(folder, 'tuned', 'mobilenet', 'model')),
      loadModel(join(folder, 'tuned', 'mobilenet-fine-tuned', 'model')),
    ])
    const changed = before.layers.filter((layer) => {
      const values = (model: tf.LayersModel) =>
        model.getLayer(layer.name).weights.map((one) => Array.from(one.read().dataSync()))
      return JSON.stringify(values(before)) !== JSON.stringify(values(after))
    })
    expect(changed.map(({ name }) => name)).toEqual(['block_depthwise', 'block_project', 'wide', 'head'])
    before.dispose()
    after.dispose()
  })

  it.each([
    ['the head', 'mobilenet', []],
    ['the blocks', 'mobilenet-fine-tuned', ['--fine-tune', '--from', 'stem_relu']],
  ])('stopped by Ctrl-C while it trains %s and resumed, ends with the same weights', async (_, name, more) => {
    const flags = [...learning, ...more, '--steps', '24', '--epochs', '9']
    const [parts, whole] = [`parts-${name}`, `whole-${name}`]
    if (more.length > 0) for (const runs of [parts, whole]) await run(runs, learning)
    const stopped = await run(parts, flags, 'step 1/24')
    expect(stopped.code).toBe(130)
    expect(stopped.summary.steps).toBeLessThan(24)
    const { summary } = await run(parts, [...flags, '--resume'])
    expect(summary).toMatchObject({ steps: 24, interrupted: false })
    await run(whole, flags)
    expect(await weights(parts, name)).toEqual(await weights(whole, name))
  })
})
