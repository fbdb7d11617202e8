import { InvalidArgumentError, Option } from 'commander'

/** What every command that prints results takes. */
export interface JsonOptions {
  readonly json: boolean
}

/** `--json` */
export const json = new Option('--json', 'print JSON').default(false, 'text')

/** Reads an argument that is a whole number of at least `min`. */
export function whole(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min) return value
    throw new InvalidArgumentError(`It takes a whole number of at least ${min}.`)
  }
}

/** Reads an argument of `count` whole numbers of at least 1, with commas between them. */
export function wholes(count: number): (text: string) => readonly number[] {
  return (text) => {
    const values = text.split(',').map(Number)
    if (values.length === count && values.every((value) => Number.isSafeInteger(value) && value >= 1)) return values
    throw new InvalidArgumentError(`It takes ${count} whole numbers of at least 1, with commas between them.`)
  }
}

/** Reads an argument that is a number above 0. */
export function positive(text: string): number {
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('It takes a number above 0.')
}

/** A command line, and what it does. */
export type Example = readonly [command: string, does: string]

/** Examples for the end of a command's help. */
export function examples(...lines: readonly Example[]): string {
  const width = Math.max(...lines.map(([command]) => command.length))
  const texts = lines.map(([command, does]) => `  ${command.padEnd(width)}  # ${does}`)
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${texts.join('\n')}`
}
