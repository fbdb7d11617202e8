import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testBatches, trainingBatches } from '../../../examples/sine/pipeline.ts'
import type { Summary } from '../../../examples/sine/runSine.ts'
import { runExample } from '../runExample.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sine-'))
})
afterAll(() => rm(folder, { recursive: true }))

const run = (runs: string, flags: readonly string[], stopAt?: string) =>
  runExample<Summary>('sine', ['--runs', join(folder, runs), ...flags], stopAt)
const start = (runs: string, ...flags: string[]) => run(runs, flags)
const weights = (runs: string) => readFile(join(folder, runs, 'sine', 'model', 'weights.bin'))

describe('the windows', () => {
  it('hold ten samples and the one that comes next', async () => {
    const [{ xs, ys }] = await testBatches(4).take(1).toArray()
    expect(xs.shape).toEqual([4, 10, 1])
    const at = (i: number) => Math.sin((10_010 + i) * 0.01)
    for (let row = 0; row < 4; row++) {
      expect(ys.data[row]).toBeCloseTo(at(row + 10), 6)
      expect(Array.from(xs.data.slice(row * 10, row * 10 + 10), Number)).toEqual(
        Array.from({ length: 10 }, (_, i) => Math.fround(at(row + i))),
      )
    }
  })

  it('are 1,000 to test on, and an endless stream to train on', async () => {
    const rows = await testBatches(300)
      .map(({ xs }) => xs.shape[0])
      .toArray()
    expect(rows).toEqual([300, 300, 300, 100])
    expect(await trainingBatches(32, 1).skip(400).take(1).toArray()).toHaveLength(1)
  })
})

describe('npm run example:sine', () => {
  it('--quick learns, and writes everything', async () => {
    const { code, summary, errors } = await start('quick', '--quick')
    expect(errors).toContain('test RMSE')
    expect(code).toBe(0)
    expect(summary).toMatchObject({ model: 'lstm-2x30', steps: 150, interrupted: false, parameters: 11191 })
    expect(summary.testRmse).toBeLessThan(0.12)
    expect((await readdir(summary.folder)).sort()).toEqual([
      'checkpoint.safetensors',
      'logs',
      'loss.png',
      'model',
      'predictions.png',
      'summary.json',
    ])
  })

  it('stopped by Ctrl-C and resumed, ends with the weights of a run that was not stopped', async () => {
    const variant = ['--units', '8', '--layers', '3', '--bidirectional', '--dropout', '0.2', '--workers', '0']
    const flags = [...variant, '--steps', '60']
    const stopped = await run('parts', flags, 'step 1/60')
    expect(stopped.code).toBe(130)
    expect(stopped.summary.steps).toBeLessThan(60)
    const { summary } = await start('parts', ...flags, '--resume')
    expect(summary).toMatchObject({ steps: 60, layers: 3, bidirectional: true, dropout: 0.2 })
    await start('whole', ...flags)
    expect(await weights('parts')).toEqual(await weights('whole'))
  })

  it('refuses a checkpoint of another model', async () => {
    await start('other', '--units', '4', '--steps', '1')
    const { code, errors } = await start('other', '--units', '5', '--steps', '2', '--resume')
    expect(code).toBe(1)
    expect(errors).toContain('FailedPreconditionError: checkpoint:')
    expect(errors).toContain('kernel [1, 16] where weight 0 of the model is kernel [1, 20]')
  })
})
