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
  /**
   * Its defaults where they differ from program to program: where `epochs` is Infinity the steps decide how long it
   * trains, without `steps` the passes do.
   */
  readonly defaults: Pick<CommonFlags, 'epochs' | 'batch' | 'data'> & { readonly steps?: number }
  /** Steps of `--quick`. */
  readonly quickSteps: number
  /** Help on flags of its own, a line each, in the form of the common ones. */
  readonly help?: string
  /** What it can be told to do, with what each word means; one of them may be given, before the flags or after. */
  readonly commands?: Readonly<Record<string, string>>
}

/** A command line that asks for what there is not. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

type Options = NonNullable<ParseArgsConfig['options']>
type Values<O extends Options> = { readonly [K in keyof O]?: O[K]['type'] extends 'boolean' ? boolean : string }

/** The text of `--help`. */
export function helpText({ about, command, defaults, quickSteps, help = '', commands = {} }: Program): string {
  const words = Object.keys(commands)
  const meanings = Object.entries(commands).map(([word, meaning]) => `  ${word.padEnd(24)}${meaning}\n`)
  return `${about}

  ${command}${words.length === 0 ? '' : ` [${words.join(' | ')}]`} [options]

${meanings.join('')}${help}  --epochs N              passes over the data (${defaults.epochs === Infinity ? 'by default the steps decide' : defaults.epochs})
  --steps N               ends after so many steps in all (${defaults.steps ?? 'by default the passes decide'})
  --batch N               examples a step (${defaults.batch})
  --seed N                decides weights, order and dropout (1)
  --backend NAME          auto, node, wasm or cpu (auto: tfjs-node where it loads, else wasm)
  --workers N             threads that run the pipeline; 0 runs it in this one (1)
  --data DIR              where the data is, or is to be written (${defaults.data})
  --runs DIR              where the results go (runs)
  --quick                 a look in less than a minute: ${quickSteps} steps unless --steps says otherwise
  --resume                go on from the checkpoint of an interrupted run, which had the same flags
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
  { defaults, quickSteps, commands = {} }: Program,
  own: O,
): { readonly common: CommonFlags; readonly own: Values<O>; readonly command: string | undefined } | undefined {
  const { values, command } = read(args, own, Object.keys(commands))
  if (values['help'] === true) return undefined
  const text = (name: string, otherwise: string | number): string => String(values[name] ?? otherwise)
  const quick = values['quick'] === true
  const steps = values['steps'] ?? (quick ? quickSteps : defaults.steps)
  return {
    common: {
      backend: oneOf('backend', text('backend', 'auto'), ['auto', 'node', 'wasm', 'cpu']),
      epochs: values['epochs'] === undefined ? defaults.epochs : whole('epochs', text('epochs', ''), 1),
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
    command,
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

/** A number above 0. */
export function positive(name: string, value: string): number {
  const number = Number(value)
  if (!(number > 0 && number < Infinity)) {
    throw new UsageError(`--${name} takes a number above 0, not ${JSON.stringify(value)}.`)
  }
  return number
}

function read(
  args: readonly string[],
  own: Options,
  commands: readonly string[],
): { values: Record<string, string | boolean | undefined>; command: string | undefined } {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const common = {
    ...{ backend: text, epochs: text, batch: text, steps: text, seed: text, workers: text, data: text, runs: text },
    ...{ quick: flag, resume: flag, json: flag, help: flag },
  }
  const options = { args: [...args], options: { ...common, ...own }, allowPositionals: commands.length > 0 }
  const { values, positionals } = parsed(options)
  if (positionals.length > 1) throw new UsageError(`One command can be given, not ${positionals.join(' and ')}.`)
  const command = positionals.at(0)
  if (command !== undefined && !commands.includes(command)) {
    throw new UsageError(`The command is one of ${commands.join(', ')}, not ${JSON.stringify(command)}.`)
  }
  return { values: values as Record<string, string | boolean | undefined>, command }
}

function parsed(config: ParseArgsConfig) {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
