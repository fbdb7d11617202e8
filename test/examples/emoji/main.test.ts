import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Summary } from '../../../examples/emoji/runEmoji.ts'
import { decodePng } from '../../../src/image/decodePng.ts'
import { drawShapes } from '../drawShapes.ts'
import { runExample } from '../runExample.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emoji-'))
  await drawShapes(join(folder, 'shapes'))
})
afterAll(() => rm(folder, { recursive: true }))

const run = (runs: string, flags: readonly string[], stopAt?: string) =>
  runExample<Summary>(
    'emoji',
    ['--dir', join(folder, 'shapes'), '--runs', join(folder, runs), '--size', '16', ...flags],
    stopAt,
  )
const weights = (runs: string) => readFile(join(folder, runs, 'emoji', 'model', 'weights.bin'))

describe('npm run example:emoji', () => {
  it('learns the classes of any folder, and writes everything', async () => {
    const { code, summary, errors } = await run('learned', ['--epochs', '12', '--batch', '8', '--workers', '2'])
    expect(errors).toContain('test accuracy')
    expect(code).toBe(0)
    expect(summary).toMatchObject({ model: 'cnn-16', interrupted: false, classNames: ['bars', 'discs'] })
    expect(summary.pictures.train + summary.pictures.test).toBe(48)
    expect(summary.testAccuracy).toBeGreaterThan(0.9)
    expect((await readdir(summary.folder)).sort()).toEqual([
      'checkpoint.safetensors',
      'classes.png',
      'logs',
      'model',
      'pictures.png',
      'summary.json',
    ])
    const sheet = await decodePng(await readFile(join(summary.folder, 'pictures.png')))
    expect(sheet.shape).toEqual([6 * (53 + 20) + 8, 2 * (5 * 72 + 8), 3])
  })

  it('stopped by Ctrl-C and resumed, ends with the weights of a run that was not stopped', async () => {
    const flags = ['--steps', '40', '--epochs', '20', '--batch', '8', '--workers', '0']
    const stopped = await run('parts', flags, 'step 1/40')
    expect(stopped.code).toBe(130)
    const { summary } = await run('parts', [...flags, '--resume', '--workers', '1'])
    expect(summary).toMatchObject({ steps: 40, interrupted: false })
    await run('whole', flags)
    expect(await weights('parts')).toEqual(await weights('whole'))
  })

  it.each([
    [['--vendor', 'apple'], 2, '--vendor takes google or twitter, got apple.'],
    [['--size', '8'], 2, '--size'],
    [['--dir', '/none'], 1, 'NotFoundError: cannot list /none: ENOENT'],
  ])('refuses %j', async (flags, code, message) => {
    const ended = await run('refused', flags)
    expect([ended.code, ended.errors]).toEqual([code, expect.stringContaining(message)])
    expect(existsSync(join(folder, 'refused', 'emoji', 'model'))).toBe(false)
  })

  const at = (...names: string[]) => join(folder, ...names)

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'one class',
      () => drawShapes(at('one class'), 20, ['bars']),
      'InvalidArgumentError: FOLDER has one class alone, bars: there is nothing to tell apart.',
    ],
    [
      'an empty class',
      async () => {
        await drawShapes(at('an empty class'), 20)
        await mkdir(at('an empty class', 'nothing'))
      },
      'NotFoundError: imageTable: there is no picture in FOLDER/nothing, the folder of a class.',
    ],
    [
      'a picture that cannot be read',
      async () => {
        await drawShapes(at('a picture that cannot be read'), 20)
        await truncate(at('a picture that cannot be read', 'discs', '3.png'), 60)
      },
      'FOLDER/discs/3.png: decodeImage: the PNG is cut short: its last chunk is missing.',
    ],
    [
      'fewer pictures than a batch',
      () => drawShapes(at('fewer pictures than a batch'), 6),
      'InvalidArgumentError: There are 8 pictures for train, fewer than a batch of 16. Give more pictures, or --batch 8.',
    ],
  ])('refuses a folder of %s', async (name, fill, message) => {
    await fill()
    const ended = await run('refused', ['--dir', at(name), '--batch', '16'])
    expect([ended.code, ended.errors]).toEqual([1, expect.stringContaining(message.replace('FOLDER', at(name)))])
    expect(existsSync(join(folder, 'refused', 'emoji', 'model'))).toBe(false)
  })
})
