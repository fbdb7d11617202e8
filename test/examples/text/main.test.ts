import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeCodes, encodeLine, padding } from '../../../examples/text/codes.ts'
import { trainingBatches } from '../../../examples/text/pipeline.ts'
import type { Summary } from '../../../examples/text/runText.ts'
import { runExample } from '../runExample.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'text-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('codes', () => {
  it('give the text back', () => {
    expect(decodeCodes(encodeLine('What, 9 ~ {x}?'))).toBe('What, 9 ~ {x}?')
    expect(encodeLine('é')).toEqual([1, 3, 2])
    expect(encodeLine('')).toEqual([1, 2])
  })
})

describe('the batches', () => {
  it('hold windows of every line, each character once more than the start, padded at the end', async () => {
    const file = join(folder, 'lines.txt')
    const lines = Array.from({ length: 40 }, (_, i) => 'abcdefghij'.repeat(1 + (i % 9)).slice(0, 7 + 2 * i))
    await writeFile(file, lines.join('\n'))
    const lengths = new Set<number>()
    for await (const { xs, ys } of trainingBatches([file], 4, 1)) {
      const [rows, steps] = xs.shape
      lengths.add(steps)
      expect(steps).toBeLessThan(48)
      for (let row = 0; row < rows; row++) {
        const x = Array.from(xs.data.slice(row * steps, (row + 1) * steps), Number)
        const y = Array.from(ys.data.slice(row * steps, (row + 1) * steps), Number)
        const end = y.indexOf(padding) === -1 ? steps : y.indexOf(padding)
        expect(x.slice(1, end)).toEqual(y.slice(0, end - 1))
        expect([...x.slice(end), ...y.slice(end)].every((code) => code === padding)).toBe(true)
      }
    }
    expect(lengths.size).toBeGreaterThan(3)
  })
})

describe('npm run example:text', () => {
  it('--quick learns more than how often each character comes, and writes lines', async () => {
    const { code, summary, errors } = await runExample<Summary>('text', ['--runs', folder, '--quick'])
    expect(errors).toContain('nats a character')
    expect(code).toBe(0)
    expect(summary).toMatchObject({ model: 'char-lstm', backend: 'wasm', steps: 30 })
    expect(summary.testLoss).toBeLessThan(3.6)
    expect(summary.paddingShare).toBeGreaterThan(0)
    expect(summary.batchLengths[0]).toBeLessThan(summary.batchLengths[1])
    expect(summary.written).toHaveLength(8)
    expect((await readdir(summary.folder)).sort()).toEqual([
      'checkpoint.safetensors',
      'curves.png',
      'logs',
      'model',
      'summary.json',
      'written.txt',
    ])
    expect(JSON.parse(await readFile(join(summary.folder, 'summary.json'), 'utf8'))).toEqual(summary)
  })

  it('names a file that is not there', async () => {
    const { code, errors } = await runExample('text', ['--runs', folder, '--data', join(folder, 'none.txt')])
    expect(code).toBe(1)
    expect(errors).toContain('NotFoundError: --data: there is no file')
  })
})
