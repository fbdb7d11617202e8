import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeReport } from '../../../bench/report/report.ts'
import { writeReport } from '../../../bench/report/writeReport.ts'
import { resultOf, runOf } from '../aRun.ts'

const chain = resultOf('B1 range, map, filter, batch(128)', {
  millrace: 16,
  'hand-written loop': 3,
  'ix (AsyncIterable)': 2900,
  'tfjs-data': 1360,
})
const resume = resultOf('B10 save at element 1,000,000', { millrace: 2e6 })
const memory = {
  ...resultOf('B7 memory: 10 million elements through shuffle, map, batch, prefetch', { millrace: 20e6 }, 'bytes'),
  timings: [{ name: 'millrace', median: 20e6, least: 20e6, most: 20e6, ratio: 1, series: [60e6, 70e6, 80e6, 90e6] }],
}
const scan = resultOf('operation scan', { millrace: 90, 'plain loop': 60 })
const slowOne = resultOf('operation ignoreErrors, one of 100 fails', { millrace: 200, 'plain loop': 40 })
const csv = resultOf('CSV: rows', { millrace: 600, 'tfjs-data': 9000 })
const run = runOf([chain, resume, memory, scan, slowOne, csv], { notes: ['Python is left out.'] })

describe('makeReport', () => {
  const { markdown, plots } = makeReport(run, 'images')

  it('says where and how', () => {
    expect(markdown).toContain('| machine | 2 x A processor, 8 GiB, Linux 6 |')
    expect(markdown).toContain('| versions | node 20.20.2, millrace 0.1.0 |')
    expect(markdown).toContain('- Python is left out.')
    expect(markdown).not.toContain('quick run')
  })

  it('holds everything that is asked against the run', () => {
    expect(markdown).toContain('| B1 | 20 times ix (AsyncIterable) | 181 times | ✓ reached |')
    expect(markdown).toContain('| B1 | within 5 times a hand-written loop | 5.33 times its time | ✗ short |')
    expect(markdown).toContain('| B1 | 1,000 times tf.data | | not measured |')
    expect(markdown).toContain('| B7 | 10 million elements: growth of at most 16 MB | 20.0 MB | ✗ short |')
  })

  it('gives the reason where it falls short, and says where none is known', () => {
    expect(markdown).toContain(
      '- **B1: within 5 times a hand-written loop** (here 5.33 times its time). The loop is compiled',
    )
    expect(markdown).toContain(
      '- **B7: 10 million elements: growth of at most 16 MB** (here 20.0 MB). The reason is not known',
    )
    expect(markdown).toContain(
      '- **operation: ignoreErrors, one of 100 fails: within 3 times the loop** (here 5.00 times',
    )
  })

  it('lists operations only where they fall short, and has all of them in their table', () => {
    expect(markdown).not.toContain('| operation | scan')
    expect(markdown).toContain('| scan | 90.0 ns per element | plain loop 60.0 ns (1.50 times) |')
  })

  it('has a table for every case, its ratios, and none for memory', () => {
    expect(markdown).toContain('| ix (AsyncIterable) | 2.90 us | 2.61 us to 3.19 us | 181 |')
    expect(markdown).toContain('| | growth over the element | least to most |')
  })

  it('puts each case in one section: B10 is not B1', () => {
    const [, b1 = ''] = markdown.split('## B1 Scalar chain')
    expect(b1.split('\n## ')[0]).not.toContain('B10')
    expect(markdown.match(/^### B10/gm)).toHaveLength(1)
    expect(markdown).toContain('### CSV: rows')
  })

  it('has a plot for every section, and a picture of it in the text', () => {
    const names = [...plots.keys()]
    expect(names).toEqual(['b1', 'b7', 'b10', 'operations', 'others'].map((name) => `bench-${name}.svg`))
    for (const name of names) expect(markdown).toContain(`](images/${name})`)
  })

  it('plots bars, values, and what is asked: filled where it is reached, hollow where not', () => {
    const svg = plots.get('bench-b1.svg') ?? ''
    for (const text of ['hand-written loop', '2.90 us, 181x', 'tfjs-data']) expect(svg).toContain(`>${text}<`)
    expect(svg.match(/<circle[^>]*class="reached reached-mark"/g)).not.toBeNull()
    expect(svg.match(/<circle[^>]*class="page short-mark"/g)).not.toBeNull()
    expect(svg).toContain('prefers-color-scheme: dark')
  })

  it('plots memory over the run, with what is allowed', () => {
    const svg = plots.get('bench-b7.svg') ?? ''
    expect(svg.match(/<polyline/g)).toHaveLength(1)
    expect(svg).toContain('16 MB more than in the first half')
  })

  it('draws nothing outside, and nothing that is no number', () => {
    for (const svg of plots.values()) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
      const height = Number(/viewBox="0 0 960 (\d+)"/.exec(svg)?.[1])
      for (const [, name, value] of svg.matchAll(/ ([xy][12]?)="([^"]*)"/g)) {
        expect(Number(value)).toBeGreaterThanOrEqual(0)
        expect(Number(value)).toBeLessThanOrEqual(name.startsWith('x') ? 960 : height)
      }
    }
  })

  it('escapes what stands in names', () => {
    const odd = makeReport(runOf([resultOf('B1 a < b & c', { 'x|y': 1 })]), 'images')
    expect(odd.plots.get('bench-b1.svg')).toContain('B1 a &lt; b &amp; c')
    expect(odd.markdown).toContain('| x\\|y |')
  })

  it('says what a run is not', () => {
    const partial = makeReport(runOf([chain], { quick: true, complete: false, names: ['B1'] }), 'images')
    expect(partial.markdown).toContain('**A quick run')
    expect(partial.markdown).toContain('**The run did not come to its end')
    expect(partial.markdown).toContain('**Only the cases whose names contain `B1`.**')
    expect(partial.markdown).not.toContain('Why some fall short')
  })

  it('is made of a run without results, too', () => {
    const { markdown: text, plots: none, verdicts } = makeReport(runOf([]), 'images')
    expect(text).toContain(`0 reached, 0 short, ${verdicts.length} not measured`)
    expect(none.size).toBe(0)
  })
})

describe('writeReport', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('writes the Markdown and its plots, and removes the plots of an earlier report alone', () => {
    mkdirSync(join(folder, 'images'))
    for (const name of ['bench-old.svg', 'other.svg', 'bench-old.png']) writeFileSync(join(folder, 'images', name), '')
    const file = join(folder, 'benchmarks.md')
    const counts = writeReport(run, file)
    expect(counts).toMatchObject({ reached: 3, short: 4 })
    expect(readFileSync(file, 'utf8')).toBe(makeReport(run, 'images').markdown)
    const plots = ['b1', 'b10', 'b7', 'operations', 'others'].map((name) => `bench-${name}.svg`)
    expect(readdirSync(join(folder, 'images')).sort()).toEqual([...plots, 'bench-old.png', 'other.svg'].sort())
  })
})
