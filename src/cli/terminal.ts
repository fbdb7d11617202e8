/** Where a command prints: results on `stdout`, progress and complaints on `stderr`. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  /** The time in milliseconds; replaced in tests. */
  readonly now?: () => number
}

/** A result, as a line of text or of JSON. */
export function printLine(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${line}\n`)
}

/** A result as JSON, for programs. */
export function printJson(terminal: Terminal, value: unknown): void {
  printLine(terminal, JSON.stringify(value, null, 2))
}
