import { describe, expect, it } from 'vitest'
import { help, parseFlags } from '../../../examples/mnist/flags.ts'

describe('the flags of npm start', () => {
  it('have the defaults that help tells', () => {
    const flags = parseFlags([])
    expect(flags).toMatchObject({ model: 'cnn', backend: 'auto', epochs: 1, batch: 100, seed: 1, workers: 1 })
    for (const name of Object.keys(flags ?? {})) expect(help).toContain(`--${name}`)
  })

  it('are read', () => {
    const args = ['--model', 'lenet5', '--steps', '7', '--batch=50', '--resume', '--json', '--workers', '0']
    expect(parseFlags(args)).toMatchObject({
      model: 'lenet5',
      steps: 7,
      batch: 50,
      resume: true,
      json: true,
      workers: 0,
    })
    expect(parseFlags(['--help'])).toBeUndefined()
  })

  it.each([
    [['--model', 'vgg'], '--model takes cnn, lenet5, inception, not "vgg".'],
    [['--backend', 'gpu'], '--backend takes auto, node, wasm, cpu, not "gpu".'],
    [['--epochs', '0'], '--epochs takes a whole number of at least 1, not "0".'],
    [['--steps', '1.5'], '--steps takes a whole number of at least 1, not "1.5".'],
    [['--batch', ''], '--batch takes a whole number of at least 1, not "".'],
    [['--seed=-1'], '--seed takes a whole number of at least 0, not "-1".'],
    [['--epoch', '3'], "Unknown option '--epoch'"],
    [['mnist'], "Unexpected argument 'mnist'"],
  ])('%j is refused', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message)
  })
})
