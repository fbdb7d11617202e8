import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Flags {
  readonly model: 'cnn' | 'lenet5'
  readonly backend: 'auto' | 'node' | 'wasm' | 'cpu'
  readonly epochs: number
  readonly batch: number
  readonly steps: number | undefined
  readonly seed: number
  readonly workers: number
  readonly data: string
  readonly runs: string
  readonly resume: boolean
  readonly json: boolean
}

export const help = `Trains a network on the MNIST digits, from TFRecords through a pipeline in a worker thread.

  npm start -- [options]

  --model cnn|lenet5      the network (cnn)
  --epochs N              passes over the 60,000 digits (1)
  --steps N               ends after so many steps in all (by default the passes decide)
  --batch N               digits a step (100)
  --seed N                decides weights, order and dropout (1)
  --backend NAME          auto, node, wasm or cpu (auto: tfjs-node where it loads, else wasm)
  --workers N             threads that run the pipeline; 0 runs it in this one (1)
  --data DIR              where the TFRecords are, or are to be written (data/mnist)
  --runs DIR              where the results go (runs)
  --resume                go on from the checkpoint of an interrupted run
  --json                  print the summary as the last line of output
  --help                  print this
`

/** A command line that asks for what there is not. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Reads the command line; undefined where it asks for help.
 *
 * @throws UsageError naming the flag, what it takes, and what it was given
 */
export function parseFlags(args: readonly string[]): Flags | undefined {
  const values = read(args)
  if (values.help) return undefined
  return {
    model: oneOf('model', values.model, ['cnn', 'lenet5']),
    backend: oneOf('backend', values.backend, ['auto', 'node', 'wasm', 'cpu']),
    epochs: whole('epochs', values.epochs, 1),
    batch: whole('batch', values.batch, 1),
    steps: values.steps === undefined ? undefined : whole('steps', values.steps, 1),
    seed: whole('seed', values.seed, 0),
    workers: whole('workers', values.workers, 0),
    data: values.data,
    runs: values.runs,
    resume: values.resume,
    json: values.json,
  }
}

function read(args: readonly string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        model: text('cnn'),
        backend: text('auto'),
        epochs: text('1'),
        batch: text('100'),
        steps: { type: 'string' },
        seed: text('1'),
        workers: text('1'),
        data: text('data/mnist'),
        runs: text('runs'),
        resume: flag,
        json: flag,
        help: flag,
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function oneOf<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw new UsageError(`--${name} takes ${choices.join(', ')}, not ${JSON.stringify(value)}.`)
  return found
}

function whole(name: string, value: string, least: number): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < least || value.trim() === '') {
    throw new UsageError(`--${name} takes a whole number of at least ${least}, not ${JSON.stringify(value)}.`)
  }
  return number
}
