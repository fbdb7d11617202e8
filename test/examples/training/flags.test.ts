import { describe, expect, it } from 'vitest'
import * as inceptionv3 from '../../../examples/inceptionv3/flags.ts'
import * as mnist from '../../../examples/mnist/flags.ts'
import * as mobilenet from '../../../examples/mobilenet/flags.ts'
import * as sine from '../../../examples/sine/flags.ts'
import * as text from '../../../examples/text/runText.ts'

const programs = { inceptionv3, mnist, mobilenet, sine, text }

describe.each(Object.entries(programs))('the flags of %s', (_, { parseFlags, help }) => {
  it('are all in the help, with their defaults', () => {
    const flags = parseFlags([]) ?? {}
    for (const [field, value] of Object.entries(flags)) {
      if (field === 'command') continue
      const name = field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      expect(help).toContain(`--${name}`)
      const told = help.split('\n').find((line) => line.startsWith(`  --${name} `)) ?? ''
      const written = (/\(([^():]*)\)$/.exec(told)?.[1] ?? 'by default').split('; ')[0]
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

describe('the flags of inceptionv3', () => {
  it('go with one command, or none', () => {
    const { parseFlags, help } = inceptionv3
    expect(parseFlags([])).toMatchObject({ command: undefined, steps: 300, epochs: Infinity, learningRate: 1e-4 })
    expect(parseFlags(['bottlenecks', '--layer', 'mixed9'])).toMatchObject({ command: 'bottlenecks', layer: 'mixed9' })
    expect(parseFlags(['--quick', 'train'])).toMatchObject({ command: 'train', pictures: 40, steps: 100 })
    for (const command of Object.keys(inceptionv3.commands)) expect(help).toContain(`  ${command} `)
  })

  it.each([
    [['test'], 'The command is one of prepare, bottlenecks, train, not "test".'],
    [['prepare', 'train'], 'One command can be given, not prepare and train.'],
    [['--learning-rate', '0'], '--learning-rate takes a number above 0, not "0".'],
    [['--skip', '-1'], "Option '--skip' argument is ambiguous"],
    [['--pictures', 'many'], '--pictures takes a whole number of at least 1, not "many".'],
  ])('refuse %j', (args, message) => {
    expect(() => inceptionv3.parseFlags(args)).toThrow(message)
  })
})

describe('the flags of mobilenet', () => {
  it('have smaller steps for fine-tuning', () => {
    expect(mobilenet.parseFlags([])).toMatchObject({ fineTune: false, learningRate: 1e-3, copies: 8, epochs: 12 })
    expect(mobilenet.parseFlags(['--fine-tune'])).toMatchObject({
      ...{ fineTune: true, learningRate: 1e-4, copies: 3, epochs: 3 },
    })
    expect(mobilenet.parseFlags(['--quick'])).toMatchObject({ copies: 1, pictures: 60 })
    expect(mobilenet.parseFlags(['--vendors', 'apple,google'])).toMatchObject({ vendors: ['apple', 'google'] })
  })

  it.each([
    [['--vendors', 'apple,acme'], '--vendors takes google, twitter, facebook, apple, not "acme".'],
    [['--test-vendor', 'google'], '--test-vendor: google is trained on, see --vendors.'],
    [['--test-dir', 'x'], '--test-dir goes with --dir.'],
    [['--dropout', '1'], '--dropout takes a number from 0 to below 1, not "1".'],
    [['head'], "Unexpected argument 'head'"],
  ])('refuse %j', (args, message) => {
    expect(() => mobilenet.parseFlags(args)).toThrow(message)
  })
})
