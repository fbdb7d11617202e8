import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Summary } from '../../../examples/mnist/runMnist.ts'
import { runExample } from '../runExample.ts'

/** Milliseconds for what takes tens of seconds, on a machine that does other things too. */
const patience = 240_000
let folder: string
let data: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-'))
  data = join(folder, 'data')
  await start('first', '--steps', '1')
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the program to its end, or until it has written `stopAt`. */
function run(runs: string, flags: readonly string[], stopAt?: string) {
  const common = ['--model', 'lenet5', '--data', data, '--runs', join(folder, runs)]
  return runExample<Summary>('mnist', [...common, ...flags], stopAt)
}

const start = (runs: string, ...flags: string[]) => run(runs, flags)

async function weightsOf(runs: string): Promise<string> {
  const bytes = await readFile(join(folder, runs, 'mnist-lenet5', 'model', 'weights.bin'))
  return createHash('sha256').update(bytes).digest('hex')
}

describe('npm start', () => {
  it('writes the model, a checkpoint, the summary and two pictures', async () => {
    const { code, summary, errors } = await start('whole', '--steps', '30')
    expect(errors).toContain('test accuracy')
    expect(code).toBe(0)
    expect(summary).toMatchObject({
      model: 'lenet5',
      backend: 'wasm',
      seed: 1,
      batch: 100,
      steps: 30,
      interrupted: false,
    })
    expect(summary.testAccuracy).toBeGreaterThan(0.6)
    const files = await readdir(join(folder, 'whole', 'mnist-lenet5'))
    expect(files.sort()).toEqual([
      'checkpoint.safetensors',
      'curves.png',
      'logs',
      'misread.png',
      'model',
      'summary.json',
    ])
    const written = await readFile(join(folder, 'whole', 'mnist-lenet5', 'summary.json'), 'utf8')
    expect(JSON.parse(written)).toEqual(summary)
  })

  it.each(['0', '2'])('trains to the same weights with %s workers', async (workers) => {
    await start(`workers-${workers}`, '--steps', '30', '--workers', workers)
    expect(await weightsOf(`workers-${workers}`)).toBe(await weightsOf('whole'))
  })

  it(
    'stopped by Ctrl-C, saves; resumed, ends with the weights of a run that was not stopped',
    async () => {
      const stopped = await run('stopped', ['--batch', '400', '--steps', '12'], 'step 1/12')
      expect(stopped.code).toBe(130)
      expect(stopped.summary).toMatchObject({ interrupted: true })
      expect(stopped.summary.steps).toBeLessThan(12)
      const resumed = await start('stopped', '--batch', '400', '--steps', '12', '--resume')
      expect(resumed.summary).toMatchObject({ interrupted: false, steps: 12 })
      await start('unstopped', '--batch', '400', '--steps', '12')
      expect(await weightsOf('stopped')).toBe(await weightsOf('unstopped'))
    },
    patience,
  )

  it('stopped while it writes the data, leaves no half file', async () => {
    const own = join(folder, 'own')
    const { code } = await run('none', ['--data', own], 'writing mnist-train')
    expect(code).toBe(130)
    expect(await readdir(own)).toEqual([])
  })
})

describe('npm start refuses', () => {
  it('a flag it does not know', async () => {
    const { code, errors } = await start('x', '--epoch', '3')
    expect(code).toBe(2)
    expect(errors).toContain("Unknown option '--epoch'")
  })

  it('to resume what was not begun', async () => {
    const { code, errors } = await start('never', '--resume')
    expect(code).toBe(1)
    expect(errors).toContain('FailedPreconditionError: --resume: there is no checkpoint at')
  })

  it('a damaged checkpoint, naming it', async () => {
    await start('damaged', '--steps', '1')
    const checkpoint = join(folder, 'damaged', 'mnist-lenet5', 'checkpoint.safetensors')
    await truncate(checkpoint, 1000)
    const { code, errors } = await start('damaged', '--steps', '2', '--resume')
    expect(code).toBe(1)
    expect(errors).toContain(`DataLossError: safetensors: ${checkpoint}`)
  })

  it('a damaged TFRecord, naming file, record and byte offset', async () => {
    const file = join(data, 'mnist-train.tfrecord-00000-of-00010')
    const bytes = await readFile(file)
    await writeFile(
      file,
      bytes.map((byte, at) => (at === 900 ? byte ^ 1 : byte)),
    )
    const { code, errors } = await start('x', '--steps', '1')
    await writeFile(file, bytes)
    expect(code).toBe(1)
    expect(errors).toMatch(/DataLossError: .*mnist-train\.tfrecord-00000-of-00010.*record 1/)
  })
})

describe('npm run example:inception', () => {
  it(
    '--quick learns',
    async () => {
      const { code, summary } = await start('inception', '--model', 'inception', '--quick')
      expect(code).toBe(0)
      expect(summary).toMatchObject({ model: 'inception', steps: 60 })
      // By chance it would be 0.1.
      expect(summary.testAccuracy).toBeGreaterThan(0.2)
    },
    patience,
  )
})
