import { writeFile } from 'node:fs/promises'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { progressBar } from '../../src/cli/progress.ts'
import { fileOf } from '../tfrecord/fixtures.ts'
import { freshFolder } from '../contract/freshFolder.ts'
import { runTfrecord, runMillrace } from './terminal.ts'

/** Where there is no terminal: what is printed, at times of the test's own. */
function lines(total: number | undefined, label?: string) {
  let printed = ''
  let now = 0
  const stderr = { write: (text: string) => (printed += text) }
  const bar = progressBar({ stdout: stderr, stderr, now: () => now }, total, 'records', label)
  return {
    at(ms: number, value: number): string {
      now = ms
      printed = ''
      bar.to(value)
      return printed
    },
    stop: () => bar.stop(),
  }
}

describe('progress without a terminal', () => {
  it('is a line every ten seconds', () => {
    const bar = lines(300)
    expect([bar.at(9_999, 10), bar.at(10_000, 100), bar.at(19_999, 200), bar.at(25_000, 299)]).toEqual([
      '',
      '33% | 100 of 300 records\n',
      '',
      '99% | 299 of 300 records\n',
    ])
    bar.stop()
  })

  it('counts without a total, and says what is done', () => {
    expect(lines(undefined, 'round 1 of 2').at(10_000, 7)).toBe('round 1 of 2 | 7 records\n')
  })

  it('is seen in the commands', async () => {
    const folder = freshFolder()
    mkdirSync(folder)
    const path = join(folder, 'a.tfrecord')
    await writeFile(path, fileOf(new Array<Uint8Array>(3000).fill(Uint8Array.of(7))))
    let now = 0
    const ran = await runMillrace(folder, ['tfrecord', 'verify', path], () => (now += 6_000))
    expect(ran.out).toBe('~/a.tfrecord: 3000 records, ok\n')
    expect(ran.err).toMatch(/^\d+% \| \d+ of 51000 bytes\n/)
    expect((await runTfrecord(folder, ['verify', path])).err).toBe('')
  })
})
