import { SingleBar } from 'cli-progress'

/** Where a command prints: results on `stdout`, progress and complaints on `stderr`. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** A result, as a line of text or of JSON. */
export function printLine(terminal: Terminal, line: string): void {
  terminal.stdout.write(`${line}\n`)
}

/** How far a command has come. */
export interface Progress {
  to(value: number): void
  stop(): void
}

/** A bar on standard error, where that is a terminal; else nothing. Without a total it counts. */
export function progressBar({ stderr }: Terminal, total: number | undefined, unit: string): Progress {
  if (!isScreen(stderr)) return { to: () => undefined, stop: () => undefined }
  const bar = new SingleBar({
    format:
      total === undefined
        ? `{value} ${unit} | {duration_formatted}`
        : `{bar} {percentage}% | {value} of {total} ${unit} | {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    stream: stderr,
    hideCursor: true,
    clearOnComplete: true,
    fps: 5,
  })
  bar.start(total ?? 0, 0)
  return { to: (value) => bar.update(value), stop: () => bar.stop() }
}

function isScreen(stream: object): stream is NodeJS.WriteStream {
  return 'isTTY' in stream && stream.isTTY === true
}
