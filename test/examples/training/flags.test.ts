import { describe, expect, it } from 'vitest'
import * as mnist from '../../../examples/mnist/flags.ts'
import * as sine from '../../../examples/sine/flags.ts'
import * as text from '../../../examples/text/runText.ts'

const programs = { mnist, sine, text }

describe.each(Object.entries(programs))('the flags of %s', (_, { parseFlags, help }) => {
  it('are all in the help, with their defaults', () => {
    const flags = parseFlags([]) ?? {}
    for (const [name, value] of Object.entries(flags)) {
      expect(help).toContain(`--${name}`)
      const told = help.split('\n').find((line) => line.startsWith(`  --${name} `)) ?? ''
      const written = /\(([^():]*)\)$/.exec(told)?.[1] ?? 'by default'
      if (!written.startsWith('by default')) expect(written).toBe(String(value))
    }
  })

  it('take --quick, and --steps before it', () => {
    const quick = parseFlags(['--quick'])
    expect(quick?.steps).toBeLessThan(200)
    expect(parseFlags(['--quick', '--steps', '3'])?.steps).toBe(3)
    expect(parseFlags(['--help'])).toBeUndefined()
  })

  it.each([
    [['--backend', 'gpu'], '--backend takes auto, node, wasm, cpu, not "gpu".'],
    [['--epochs', '0'], '--epochs takes a whole number of at least 1, not "0".'],
    [['--batch', ''], '--batch takes a whole number of at least 1, not "".'],
    [['--speed', '9'], "Unknown option '--speed'"],
  ])('refuse %j', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message)
  })
})

describe('the flags of sine', () => {
  it('are read', () => {
    const flags = sine.parseFlags(['--layers', '3', '--units=8', '--bidirectional', '--dropout', '0.25'])
    expect(flags).toMatchObject({ layers: 3, units: 8, bidirectional: true, dropout: 0.25 })
  })

  it('refuse a dropout of everything', () => {
    expect(() => sine.parseFlags(['--dropout', '1'])).toThrow('--dropout takes a number from 0 to below 1, not "1".')
  })
})
