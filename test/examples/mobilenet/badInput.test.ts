import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseFlags } from '../../../examples/mobilenet/flags.ts'
import { runMobilenet, type Summary } from '../../../examples/mobilenet/runMobilenet.ts'
import { drawShapes } from '../drawShapes.ts'
import { filesOf } from '../filesOf.ts'
import { writeNetwork } from '../writeNetwork.ts'

let folder: string
const at = (...names: string[]) => join(folder, ...names)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mobilenet-bad-'))
  await drawShapes(at('shapes'), 20)
  await writeNetwork(at('network'))
  await run()
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the program in this process. */
async function run(...flags: string[]): Promise<Summary> {
  const common = ['--backend', 'wasm', '--dir', at('shapes'), '--weights', at('network'), '--data', at('data')]
  const short = ['--runs', at('runs'), '--workers', '0', '--batch', '16', '--steps', '3', '--copies', '0']
  const parsed = parseFlags([...common, ...short, ...flags])
  if (parsed === undefined) throw new Error('these flags ask for help')
  return runMobilenet(parsed, new AbortController().signal)
}

/** Runs it, which has to fail with an error of that name and message, and change no file of the older run. */
async function refuse(flags: readonly string[], name: string, message: RegExp): Promise<void> {
  const before = [await filesOf(at('runs')), await filesOf(at('data'))]
  const error = await run(...flags).catch((thrown: unknown) => thrown as Error)
  expect(error).toMatchObject({ name, message: expect.stringMatching(message) as string })
  expect([await filesOf(at('runs')), await filesOf(at('data'))]).toEqual(before)
}

describe('npm run example:mobilenet refuses, and overwrites nothing,', () => {
  it('a folder with one class, and an empty class', async () => {
    await drawShapes(at('one'), 3, ['bars'])
    await refuse(['--dir', at('one')], 'InvalidArgumentError', /one has one class alone, bars/)
    await drawShapes(at('empty'), 3)
    await mkdir(at('empty', 'nothing'))
    await refuse(['--dir', at('empty')], 'NotFoundError', /no picture in .*nothing, the folder of a class/)
  })

  it('a test folder of other classes', async () => {
    await drawShapes(at('test'), 3, ['bars', 'rings'])
    const message = /test has the classes bars, rings, where .*shapes has bars, discs\./
    await refuse(['--test-dir', at('test')], 'InvalidArgumentError', message)
  })

  it('a picture that cannot be read, naming it', async () => {
    await drawShapes(at('damaged'), 20)
    await truncate(at('damaged', 'discs', '3.png'), 60)
    await refuse(['--dir', at('damaged')], 'DataLossError', /discs\/3\.png/)
  })

  it('fewer pictures than a batch', async () => {
    await drawShapes(at('few'), 9)
    await refuse(
      ['--dir', at('few')],
      'InvalidArgumentError',
      /There are \d+ pictures for train, fewer than a batch of 16/,
    )
  })

  it('labels that do not fit the model', async () => {
    const [name] = Object.keys(await filesOf(at('data'))).filter((file) => file.endsWith('features/set.json'))
    const text = await readFile(at('data', name), 'utf8')
    await writeFile(at('data', name), JSON.stringify({ ...(JSON.parse(text) as object), classNames: ['bars'] }))
    await refuse(
      [],
      'InvalidArgumentError',
      /label 1 in row \d+ of a batch does not fit the model, which tells 1 classes/,
    )
    await writeFile(at('data', name), text)
  })

  it('a loss that is NaN, saying at which step and which elements', () =>
    refuse(['--learning-rate', '1e38'], 'NonFiniteLossError', /at step 2 of pass 1, elements 16 to 31 of the pass/))

  it('the checkpoint of another model, or of another version', async () => {
    await refuse(
      ['--resume', '--dropout', '0', '--layer', 'block_add', '--data', at('other')],
      'FailedPreconditionError',
      /of the model is/,
    )
    const file = at('runs', 'mobilenet', 'checkpoint.safetensors')
    const bytes = await readFile(file)
    await writeFile(file, bytes.toString('latin1').replace('millrace-checkpoint-2', 'millrace-checkpoint-9'), 'latin1')
    await refuse(['--resume'], 'FailedPreconditionError', /has format 9, not 2/)
    await writeFile(file, bytes)
  })

  it('to fine-tune without a head, with one of another layer, or from a layer that does not divide the network', async () => {
    const tune = ['--fine-tune', '--from', 'stem_relu', '--data', at('other')]
    await refuse(
      [...tune, '--runs', at('none')],
      'FailedPreconditionError',
      /no trained head in .*none.*without --fine-tune/,
    )
    await refuse(
      [...tune, '--layer', 'wide_bn'],
      'FailedPreconditionError',
      /is for the layer wide_relu, not wide_bn\./,
    )
    await refuse(
      ['--fine-tune', '--data', at('other')],
      'InvalidArgumentError',
      /--from: say after which layer of network/,
    )
    const round = ['--fine-tune', '--from', 'block_relu', '--data', at('other')]
    await refuse(round, 'InvalidArgumentError', /wide_relu needs more of the network than block_relu gives/)
    await refuse(['--layer', 'mixed7'], 'InvalidArgumentError', /network has no layer mixed7/)
  })
})

describe('npm run example:mobilenet', () => {
  it('runs the network anew when pictures or copies are others, and says so', async () => {
    const { folder: runFolder } = await run('--runs', at('again'))
    expect(runFolder).toBe(at('again', 'mobilenet'))
    const kept = await filesOf(at('data'))
    await run('--runs', at('again'))
    expect(await filesOf(at('data'))).toEqual(kept)
    await run('--runs', at('again'), '--layer', 'block_add')
    expect(await filesOf(at('data'))).not.toEqual(kept)
  })
})
