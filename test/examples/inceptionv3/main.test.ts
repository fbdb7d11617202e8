import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Made, Summary } from '../../../examples/inceptionv3/runInceptionV3.ts'
import { openRecordSet, partFiles, readRows } from '../../../examples/transfer/recordSet.ts'
import { decodePng } from '../../../src/image/decodePng.ts'
import { loadModel, setBackend } from '../../../src/train/index.ts'
import { drawShapes } from '../drawShapes.ts'
import { filesOf } from '../filesOf.ts'
import { runExample } from '../runExample.ts'
import { writeNetwork } from '../writeNetwork.ts'

let folder: string
let common: readonly string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inceptionv3-'))
  await drawShapes(join(folder, 'shapes'), 30)
  await writeNetwork(join(folder, 'network'))
  const places = { dir: 'shapes', weights: 'network', data: 'data' }
  common = Object.entries(places).flatMap(([flag, name]) => [`--${flag}`, join(folder, name)])
})
afterAll(() => rm(folder, { recursive: true }))

const run = <S = Summary>(runs: string, flags: readonly string[], stopAt?: string) =>
  runExample<S>('inceptionv3', [...common, '--runs', join(folder, runs), '--workers', '1', ...flags], stopAt)
const learning = ['--learning-rate', '0.005', '--batch', '16']

describe('npm run example:inceptionv3', () => {
  it('--quick prepares, keeps bottlenecks, trains, and writes everything', async () => {
    const { code, summary, errors } = await run('quick', ['--quick', ...learning])
    expect(errors).toContain('test accuracy')
    expect(code).toBe(0)
    expect(summary).toMatchObject({ command: 'train', layer: 'wide_relu', steps: 100, interrupted: false })
    expect(summary.classNames).toEqual(['bars', 'discs'])
    expect(summary.pictures).toEqual({ train: 32, validation: 4, test: 4 })
    expect(summary.testAccuracy).toBe(1)
    expect(summary.confusion).toEqual([
      [2, 0],
      [0, 2],
    ])
    const files = ['checkpoint.safetensors', 'curves.png', 'logs', 'model', 'summary.json']
    expect((await readdir(summary.folder)).sort()).toEqual(files)
    expect(JSON.parse(await readFile(join(summary.folder, 'summary.json'), 'utf8'))).toEqual(summary)
    expect((await decodePng(await readFile(join(summary.folder, 'curves.png')))).shape).toEqual([900, 1200, 4])
  })

  it('prepare writes each picture once, as floats, shuffled, in parts of 80, 10 and 10%', async () => {
    const { code, summary } = await run<Made>('parts', ['prepare', '--batch', '16'])
    expect(code).toBe(0)
    expect(summary).toMatchObject({ command: 'prepare', pictures: { train: 48, validation: 6, test: 6 } })
    const set = await openRecordSet(summary.folder)
    if (set === undefined) throw new Error('there is no set')
    expect(set.shape).toEqual([24, 24, 3])
    const paths: string[] = []
    for (const part of ['train', 'validation', 'test']) {
      const rows = await readRows(partFiles(set, part), set.shape).toArray()
      const labels = rows.map(({ label }) => label)
      // Half of each class, and not one class after the other.
      expect(labels.filter((label) => label === 0)).toHaveLength(labels.length / 2)
      if (part === 'train') expect(labels).not.toEqual([...labels].sort())
      for (const { values, label, path } of rows) {
        expect(path).toContain(label === 0 ? 'bars' : 'discs')
        const most = Math.max(...values.data)
        expect(most).toBeGreaterThan(200)
        expect(most).toBeLessThanOrEqual(255)
      }
      paths.push(...rows.map(({ path }) => path))
    }
    expect(new Set(paths).size).toBe(60)
  })

  it('does again only what is not done, and says what is stale', async () => {
    const steps = ['--steps', '2', '--batch', '16']
    expect((await run('again', ['bottlenecks', ...steps])).code).toBe(0)
    const again = await run<Made>('again', ['bottlenecks', ...steps])
    expect(again.errors).toContain('are there already')
    const kept = await filesOf(again.summary.folder)
    const other = await run('again', ['train', ...steps, '--layer', 'block_add'])
    expect(other.code).toBe(1)
    expect(other.errors).toMatch(
      /FailedPreconditionError: the bottlenecks at .* are stale: layer wide_relu, not block_add\./,
    )
    expect(other.errors).toContain('Run the command bottlenecks first')
    expect(await filesOf(again.summary.folder)).toEqual(kept)
    const anew = await run('again', [...steps, '--layer', 'block_add'])
    expect(anew.errors).toContain('are prepared already')
    expect(anew.errors).toContain('running the network anew')
    expect(anew.summary.layer).toBe('block_add')
  })

  it('saves a model from pixels to probabilities, the same as the head on the bottlenecks', async () => {
    await run('whole', [...learning, '--steps', '60'])
    await setBackend('cpu')
    const model = await loadModel(join(folder, 'whole', 'inceptionv3', 'model'))
    const { summary } = await run<Made>('whole', ['prepare', ...learning])
    const set = await openRecordSet(summary.folder)
    if (set === undefined) throw new Error('there is no set')
    for (const { values, label } of await readRows(partFiles(set, 'test'), set.shape).toArray()) {
      const pixels = tf
        .tensor(values.data, [1, ...values.shape])
        .div(127.5)
        .sub(1)
      const [scores] = (model.predict(pixels) as tf.Tensor2D).arraySync()
      expect(scores.indexOf(Math.max(...scores))).toBe(label)
    }
    model.dispose()
  })

  it('stopped by Ctrl-C and resumed, ends with the weights of a run that was not stopped', async () => {
    const flags = [...learning, '--steps', '90']
    const weights = (runs: string) => readFile(join(folder, runs, 'inceptionv3', 'model', 'weights.bin'))
    const stopped = await run('stopped', flags, 'step 1/90')
    expect(stopped.code).toBe(130)
    expect(stopped.summary.steps).toBeLessThan(90)
    const resumed = await run('stopped', ['train', ...flags, '--resume'])
    expect(resumed.summary).toMatchObject({ steps: 90, interrupted: false })
    await run('unstopped', flags)
    expect(await weights('stopped')).toEqual(await weights('unstopped'))
  })

  it('stopped while it prepares, leaves nothing half', async () => {
    const own = join(folder, 'own')
    const { code, errors } = await run('own', ['prepare', '--batch', '16', '--data', own], 'preparing train')
    expect(errors).toContain('no file was left half-written')
    expect(code).toBe(130)
    expect(await filesOf(own)).toEqual({})
  })
})
