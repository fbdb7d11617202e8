import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { runMillrace } from './terminal.ts'

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))
const at = (name: string) => join(fixtures, `pipelines.ts${name}`)
const bench = (...args: string[]) => runMillrace(fixtures, ['bench', ...args])

/** The shape of a text: each number is N. */
const shape = (text: string) => text.replaceAll(/\d[\d,]*(\.\d+)?/g, 'N')

interface Report {
  readonly rounds: readonly { readonly elements: number; readonly seconds: number; readonly firstMs: number }[]
  readonly elementsPerSecond: { readonly median: number; readonly least: number; readonly most: number }
  readonly usPerElement: Report['elementsPerSecond']
  readonly bytesPerSecond: Report['elementsPerSecond']
  readonly bytesPerElement: number
  readonly profile: { readonly bottleneck: string; readonly nodes: readonly { readonly path: string }[] }
}

const report = async (...args: string[]) => JSON.parse((await bench(...args, '--json')).out) as Report

describe('bench', () => {
  it('prints speeds with their spread, a table of operations, and the bottleneck', async () => {
    const { code, out, err } = await bench(at(''))
    expect([code, err]).toEqual([0, ''])
    const [head, ...lines] = out.trimEnd().split('\n')
    expect(head).toBe('~/pipelines.ts: 5 rounds of 5 elements, after 1 to warm up')
    expect(lines.slice(0, 8).map(shape)).toEqual([
      '  elements a second          N (N to N)',
      '  us an element              N (N to N)',
      '  MB a second                N (N to N) of N bytes an element',
      '  ms to the first element    N (N to N)',
      '    in the very first round  N',
      '',
      expect.stringMatching(/^operation +busy ms +waiting ms +elements +bytes$/),
      expect.stringMatching(/^range\.map\.batch +N +N +N +N$|^range +N +N +N +N$/),
    ])
    expect(out).toMatch(/ is the bottleneck: |Nothing was measured/)
  })

  it('reads each round anew, as far as it is told to', async () => {
    const whole = await report(at('#sized'), '--args', '[10]', '--repeat', '3', '--warmup', '0')
    expect(whole.rounds.map(({ elements }) => elements)).toEqual([10, 10, 10])
    expect(whole.bytesPerElement).toBe(128)
    const begun = await report(at('#values'), '--elements', '7', '--repeat', '2')
    expect(begun.rounds.map(({ elements }) => elements)).toEqual([7, 7])
    expect(begun.profile.nodes.map(({ path }) => path).at(-1)).toBe('fromTensorSlices.shuffle.filter.repeat')
    const timed = await report(at('#values'), '--seconds', '0.001', '--repeat', '1')
    expect(timed.rounds[0].elements).toBeGreaterThan(0)
  })

  it('puts the middle of the rounds between the least and the most', async () => {
    for (const repeat of ['1', '4', '5']) {
      const { rounds, elementsPerSecond, usPerElement, bytesPerSecond, bytesPerElement } = await report(
        at('#sized'),
        ...['--args', '[50]', '--repeat', repeat],
      )
      const rates = rounds.map(({ elements, seconds }) => elements / seconds).sort((a, b) => a - b)
      const last = rates.length - 1
      const median = (rates[Math.floor(last / 2)] + rates[Math.ceil(last / 2)]) / 2
      expect(elementsPerSecond).toEqual({ median, least: rates[0], most: rates[last] })
      expect(usPerElement.least).toBeCloseTo(1e6 / rates[last], 6)
      expect(bytesPerSecond.most).toBeCloseTo(rates[last] * bytesPerElement, 3)
      for (const { firstMs, seconds } of rounds) expect(firstMs).toBeLessThanOrEqual(seconds * 1000)
    }
  })

  it('says what AUTOTUNE chose', async () => {
    const { out } = await bench(at('#tuned'), '--repeat', '1')
    expect(shape(out)).toContain('  AUTOTUNE numParallelCalls  N in range.map\n')
  })

  it.each<[string, string[], number, string]>([
    ['#nothing', [], 1, 'FailedPreconditionError: bench: the pipeline gave no element.\n'],
    ['#failing', [], 1, 'UnknownError: range.map: the function threw at element 3: three\n    at '],
    ['', ['--elements', '0'], 2, "error: option '--elements <n>' argument '0' is invalid."],
    [
      '',
      ['--seconds', '-1'],
      2,
      "error: option '--seconds <s>' argument '-1' is invalid. It takes a number above 0.\n",
    ],
    ['', ['--repeat', ' '], 2, "error: option '--repeat <n>' argument ' ' is invalid."],
  ])('%s %j is refused', async (name, args, exitCode, message) => {
    const { code, out, err } = await bench(at(name), ...args)
    expect([code, out, err.slice(0, message.length)]).toEqual([exitCode, '', message])
  })

  it('shows a bar for each round on a terminal', async () => {
    const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 80 })
    const code = await run(['bench', at(''), '--repeat', '2'], { stdout: { write: () => true }, stderr })
    const shown = String(stderr.read())
    expect(code).toBe(0)
    for (const label of ['warm-up 1 of 1', 'round 1 of 2', 'round 2 of 2', 'each operation']) {
      expect(shown).toContain(`${label} | 0 elements`)
    }
  })
})

describe('a process', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** Runs a pipeline in a process of its own, and sends it the signal of ctrl-C once it wrote `ready`. */
  function benchFile(file: string, ...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', main, 'bench', file, ...args])
    const printed = { out: '', err: '' }
    let sent = false
    child.stdout.on('data', (part: Buffer) => (printed.out += part.toString()))
    child.stderr.on('data', (part: Buffer) => {
      printed.err += part.toString()
      if (!sent && printed.err.includes('ready')) sent = child.kill('SIGINT')
    })
    return new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, ...printed }))
    })
  }

  const built = JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)
  const head = `import { Dataset, workerFn } from ${built}\n`

  it('prints what it measured until ctrl-C', async () => {
    const file = join(folder, 'a.mjs')
    // Says that it is ready in the second round, and goes on for ever then.
    const rounds = `let passes = 0
export default Dataset.range(3).map((x) => x + (x === 0 && passes++)).repeat().map((x, { index }) => {
  if (index === 0) return x
  if (passes > 1) process.stderr.write('ready')
  return x
})`
    await writeFile(file, head + rounds)
    const stopped = await benchFile(file, '--elements', '3', '--repeat', '100000', '--warmup', '0', '--seconds', '1000')
    expect([stopped.code, stopped.err.endsWith('bench: stopped\n')]).toEqual([130, true])
    expect(stopped.out).toMatch(/: \d+ rounds? of 3 elements\n/)
  })

  it.each([
    ['ctrl-C', 'setInterval(() => {}, 1000)\n', 130, 'bench: stopped'],
    [
      'the end of all that could bring it',
      '',
      1,
      'FailedPreconditionError: bench: the pipeline waits for a promise that nothing will settle: no timer, file or ' +
        'thread is left.',
    ],
  ])('ends, with nothing half-written, where it waits for ever, at %s', async (_, open, exitCode, message) => {
    const file = join(folder, 'a.mjs')
    const kept = join(folder, 'kept')
    const waits = `export default Dataset.range(9).map((x) => {
  if (x < 5) return x
  ${exitCode === 130 ? "process.stderr.write('ready')" : ''}
  return new Promise(() => {})
}).cache(${JSON.stringify(kept)})`
    await writeFile(file, head + open + waits)
    const { code, out, err } = await benchFile(file)
    expect([code, out, err.replace('ready', '')]).toEqual([exitCode, '', `${message}\n`])
    expect(await readdir(kept)).toEqual([])
  })

  it('ends by itself after a pipeline in workers', async () => {
    const file = join(folder, 'a.mjs')
    await writeFile(
      file,
      `${head}
export const batches = (stop) => Dataset.range(stop).batch(10)
export default () => Dataset.fromWorkers(workerFn(import.meta.url, 'batches'), { args: [1000], workers: 2 })`,
    )
    const { code, out, err } = await benchFile(file, '--repeat', '2', '--json')
    expect([code, err]).toEqual([0, ''])
    const { rounds, bytesPerElement, profile } = JSON.parse(out) as Report
    expect(rounds.map(({ elements }) => elements)).toEqual([100, 100])
    expect([bytesPerElement, profile.nodes.length]).toEqual([40, 1])
  })
})
