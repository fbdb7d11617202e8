import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseFlags } from '../../../examples/inceptionv3/flags.ts'
import { runInceptionV3, type Summary } from '../../../examples/inceptionv3/runInceptionV3.ts'
import { badInputOf } from '../badInputOf.ts'
import { drawShapes } from '../drawShapes.ts'
import { filesOf } from '../filesOf.ts'
import { writeNetwork } from '../writeNetwork.ts'

const { at, run, refuse } = badInputOf({
  name: 'inceptionv3',
  parseFlags,
  run: async (flags, signal) => (await runInceptionV3(flags, signal)) as Summary,
})

describe('npm run example:inceptionv3 refuses, and overwrites nothing,', () => {
  it('a folder with one class', async () => {
    await drawShapes(at('one'), 3, ['bars'])
    await refuse(['--dir', at('one')], 'InvalidArgumentError', /one has one class alone, bars/)
  })

  it('an empty class', async () => {
    await drawShapes(at('empty'), 3)
    await mkdir(at('empty', 'nothing'))
    await refuse(['--dir', at('empty')], 'NotFoundError', /no picture in .*nothing, the folder of a class/)
  })

  it('a folder that is not there', () => refuse(['--dir', at('none')], 'NotFoundError', /cannot list .*none/))

  it('fewer pictures than a batch, or than the parts need', async () => {
    await drawShapes(at('few'), 9)
    await refuse(
      ['--dir', at('few')],
      'InvalidArgumentError',
      /14 pictures for train, fewer than a batch of 16.*--batch 14/,
    )
    await drawShapes(at('fewer'), 3)
    await refuse(['--dir', at('fewer')], 'InvalidArgumentError', 'too few pictures: none is left for test')
  })

  it('a picture that cannot be read, naming it; --skip leaves it out', async () => {
    await drawShapes(at('damaged'), 20)
    await truncate(at('damaged', 'discs', '3.png'), 60)
    await refuse(['--dir', at('damaged')], 'DataLossError', /discs\/3\.png/)
    await writeFile(at('damaged', 'bars', '4.png'), 'no picture')
    await refuse(['--dir', at('damaged'), '--skip', '1'], 'InvalidArgumentError', /bars\/4\.png/)
    const { pictures } = await run('--dir', at('damaged'), '--skip', '2', '--runs', at('skipped'))
    expect(Object.values(pictures).reduce((sum, count) => sum + count)).toBe(38)
  })

  it('labels that do not fit the model', async () => {
    const { bottlenecks } = await places()
    const set = JSON.parse(await readFile(bottlenecks, 'utf8')) as object
    const text = await readFile(bottlenecks)
    await writeFile(bottlenecks, JSON.stringify({ ...set, classNames: ['bars'] }))
    await refuse(
      ['train'],
      'InvalidArgumentError',
      /label 1 in row \d+ of a batch does not fit the model, which tells 1 cl/,
    )
    await writeFile(bottlenecks, text)
  })

  it('a loss that is NaN, saying at which step and which elements', () =>
    refuse(['--learning-rate', '1e38'], 'NonFiniteLossError', /at step 2 of pass 1, elements 16 to 31 of the pass/))

  it('a network that gives what is not finite, naming layer and picture', async () => {
    await writeNetwork(at('wild'), 1, Infinity)
    const message = /the network gives (NaN|-?Infinity) for the picture .*\.png at wide/
    await refuse(['--weights', at('wild'), '--layer', 'wide'], 'DataLossError', message)
  })

  it.each([
    ['another layer', ['--layer', 'block_add'], /where weight \d of the model is/],
    ['no run', ['--runs', 'never'], /--resume: there is no checkpoint at/],
  ])('to resume the checkpoint of %s', async (_, flags, message) => {
    const places = flags.map((flag) => (flag === 'never' ? at('never') : flag))
    await run(
      '--data',
      at('other'),
      '--runs',
      at('elsewhere'),
      ...flags.slice(0, 2).filter((flag) => flag !== '--runs' && flag !== 'never'),
    )
    await refuse(['--resume', '--data', at('other'), ...places], 'FailedPreconditionError', message)
  })

  it('the checkpoint of another version', async () => {
    const file = at('runs', 'inceptionv3', 'checkpoint.safetensors')
    const bytes = await readFile(file)
    const text = bytes.toString('latin1').replace('millrace-checkpoint-2', 'millrace-checkpoint-9')
    await writeFile(file, text, 'latin1')
    await refuse(['--resume'], 'FailedPreconditionError', /has format 9, not 2.*another release/)
    await writeFile(file, bytes)
  })

  it('bottlenecks that are missing, or of other weights, layer or pictures', async () => {
    await refuse(
      ['train', '--data', at('nowhere')],
      'FailedPreconditionError',
      /there are no bottlenecks at .*Run the command/,
    )
    await refuse(
      ['bottlenecks', '--data', at('nowhere')],
      'FailedPreconditionError',
      /there are no pictures at .*prepare/,
    )
    await writeNetwork(at('second'), 2)
    await refuse(['train', '--weights', at('second')], 'FailedPreconditionError', /stale: weights \w+, not \w+\./)
    await refuse(['train', '--layer', 'stem'], 'FailedPreconditionError', /stale: layer wide_relu, not stem\./)
    const picture = at('shapes', 'bars', '0.png')
    await copyFile(picture, at('kept.png'))
    await copyFile(at('shapes', 'bars', '1.png'), picture)
    await refuse(['train'], 'FailedPreconditionError', /stale: pictures \w+, not \w+\./)
    await copyFile(at('kept.png'), picture)
  })

  it('weights that are none', async () => {
    await refuse(['--weights', at('shapes')], 'NotFoundError', /there is no model\.json in/)
    await mkdir(at('graph'))
    await writeFile(at('graph', 'model.json'), JSON.stringify({ format: 'graph-model', weightsManifest: [] }))
    await refuse(['--weights', at('graph')], 'InvalidArgumentError', /is no layers model of tfjs/)
    await writeFile(at('graph', 'model.json'), '{')
    await refuse(['--weights', at('graph')], 'DataLossError', /model\.json is no JSON/)
    await refuse(['--layer', 'mixed99'], 'InvalidArgumentError', /network has no layer mixed99.*wide_relu/)
  })
})

/** The descriptions of the sets of the first run. */
async function places(): Promise<{ readonly bottlenecks: string }> {
  const [name] = Object.keys(await filesOf(at('data'))).filter((file) =>
    /shapes-\w+\/bottlenecks\/set\.json$/.test(file),
  )
  return { bottlenecks: at('data', name) }
}
