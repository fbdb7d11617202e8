import { describe, expect, it } from 'vitest'
import { benchOptions } from '../../bench/options.ts'

describe('benchOptions', () => {
  it.each([
    [[], { quick: false, python: false, npm: false, rounds: 7, names: [] }],
    [['--quick'], { quick: true, python: false, npm: false, rounds: 1, names: [] }],
    [['--quick', '--rounds', '3'], { quick: true, python: false, npm: false, rounds: 3, names: [] }],
    [['B3', '--json', 'run.json', 'B4'], { json: 'run.json', rounds: 7, names: ['B3', 'B4'] }],
    [['--report', 'a.md', '--from', 'run.json'], { report: 'a.md', from: 'run.json' }],
    [['--python', '--npm'], { python: true, npm: true }],
  ])('%j', (args, expected) => {
    expect(benchOptions(args)).toMatchObject(expected)
  })

  it('gives nothing where help is asked for', () => {
    expect(benchOptions(['--help', '--quick'])).toBeUndefined()
  })

  it.each([
    [['--rounds', '0'], '--rounds takes a whole number from 1 on, and got 0.'],
    [['--rounds', '1.5'], '--rounds takes a whole number from 1 on, and got 1.5.'],
    [['--rounds', 'many'], '--rounds takes a whole number from 1 on, and got many.'],
    [['--from', 'run.json'], '--from names a run to report: say with --report where the report goes.'],
  ])('%j is refused', (args, message) => {
    expect(() => benchOptions(args)).toThrow(message)
  })

  it('refuses an option that it does not know', () => {
    expect(() => benchOptions(['--fast'])).toThrow(/--fast/)
  })
})
