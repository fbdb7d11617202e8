import { parseArgs, type ParseArgsConfig } from 'node:util'

/** What every training program takes on its command line. */
export interface CommonFlags {
  readonly backend: 'auto' | 'node' | 'wasm' | 'cpu'
  readonly epochs: number
  readonly batch: number
  readonly steps: number | undefined
  readonly seed: number
  readonly workers: number
  readonly data: string
  readonly runs: string
  readonly quick: boolean
  readonly resume: boolean
  readonly json: boolean
}

/** What a program says of itself. */
export interface Program {
  /** What it does, one sentence. */
  readonly about: string
  /** How it is started. */
  readonly command: string
  /** Its defaults where they differ from program to program. */
  readonly defaults: Pick<CommonFlags, 'epochs' | 'batch' | 'data'>
  /** Steps of `--quick`. */
  readonly quickSteps: number
  /** Help on flags of its own, a line each, in the form of the common ones. */
  readonly help?: string
}

/** A command line that asks for what there is not. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = { readonly [K in keyof O]?: O[K]['type'] extends 'boolean' ? boolean : string }

/** The text of `--help`. */
export function helpText({ about, command, defaults, quickSteps, help = '' }: Program): string {
  return `${about}

  ${command} [options]

${help}  --epochs N              passes over the data (${defaults.epochs})
  --steps N               ends after so many steps in all (by default the passes decide)
  --batch N               examples a step (${defaults.batch})
  --seed N                decides weights, order and dropout (1)
  --backend NAME          auto, node, wasm or cpu (auto: tfjs-node where it loads, else wasm)
  --workers N             threads that run the pipeline; 0 runs it in this one (1)
  --data DIR              where the data is, or is to be written (${defaults.data})
  --runs DIR              where the results go (runs)
  --quick                 a look in less than a minute: ${quickSteps} steps unless --steps says otherwise
  --resume                go on from the checkpoint of an interrupted run
  --json                  print the summary as the last line of output
  --help                  print this
`
}

/**
 * Reads a command line; undefined where it asks for help.
 *
 * @param own flags of the program, as `parseArgs` takes them
 * @throws UsageError naming the flag, what it takes, and what it was given
 */
export function readFlags<const O extends Options>(
  args: readonly string[],
  { defaults, quickSteps }: Program,
  own: O,
): { readonly common: CommonFlags; readonly own: Values<O> } | undefined {
  const values = read(args, own) as Record<string, string | boolean | undefined>
  if (values['help'] === true) return undefined
  const text = (name: string, otherwise: string | number): string => String(values[name] ?? otherwise)
  const quick = values['quick'] === true
  const steps = values['steps'] ?? (quick ? quickSteps : undefined)
  return {
    common: {
      backend: oneOf('backend', text('backend', 'auto'), ['auto', 'node', 'wasm', 'cpu']),
      epochs: whole('epochs', text('epochs', defaults.epochs), 1),
      batch: whole('batch', text('batch', defaults.batch), 1),
      steps: steps === undefined ? undefined : whole('steps', String(steps), 1),
      seed: whole('seed', text('seed', 1), 0),
      workers: whole('workers', text('workers', 1), 0),
      data: text('data', defaults.data),
      runs: text('runs', 'runs'),
      quick,
      resume: values['resume'] === true,
      json: values['json'] === true,
    },
    own: values as Values<O>,
  }
}

/** One of some words. */
export function oneOf<const T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw new UsageError(`--${name} takes ${choices.join(', ')}, not ${JSON.stringify(value)}.`)
  return found
}

/** A whole number. */
export function whole(name: string, value: string, least: number): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < least || value.trim() === '') {
    throw new UsageError(`--${name} takes a whole number of at least ${least}, not ${JSON.stringify(value)}.`)
  }
  return number
}

/** A share from 0 to below 1. */
export function share(name: string, value: string): number {
  const number = Number(value)
  if (!(number >= 0 && number < 1) || value.trim() === '') {
    throw new UsageError(`--${name} takes a number from 0 to below 1, not ${JSON.stringify(value)}.`)
  }
  return number
}

function read(args: readonly string[], own: Options) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const common = {
    ...{ backend: text, epochs: text, batch: text, steps: text, seed: text, workers: text, data: text, runs: text },
    ...{ quick: flag, resume: flag, json: flag, help: flag },
  }
  try {
    return parseArgs({ args: [...args], options: { ...common, ...own } }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
