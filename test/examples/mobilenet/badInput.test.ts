import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseFlags } from '../../../examples/mobilenet/flags.ts'
import { runMobilenet } from '../../../examples/mobilenet/runMobilenet.ts'
import { badInputOf } from '../badInputOf.ts'
import { drawShapes } from '../drawShapes.ts'
import { filesOf } from '../filesOf.ts'

const { at, run, refuse } = badInputOf({
  name: 'mobilenet',
  parseFlags,
  run: runMobilenet,
  short: ['--copies', '0'],
})

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
