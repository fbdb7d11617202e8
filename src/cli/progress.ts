import { SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'

/** How far a command has come. */
export interface Progress {
  to(value: number): void
  stop(): void
}

/** Milliseconds between two lines where there is no terminal. */
const lineEveryMs = 10_000

/**
 * A bar on standard error; where that is no terminal, a line every ten seconds, so that whoever reads a log sees that it
 * goes on, and what is quick says nothing. Without a total it counts.
 *
 * @param label what is being done, to begin the bar or line with
 */
export function progressBar(terminal: Terminal, total: number | undefined, unit: string, label = ''): Progress {
  const { stderr } = terminal
  const before = label === '' ? '' : `${label} | `
  if (!isScreen(stderr)) return progressLines(terminal, total, unit, before)
  const bar = new SingleBar({
    format:
      total === undefined
        ? `${before}{value} ${unit} | {duration_formatted}`
        : `${before}{bar} {percentage}% | {value} of {total} ${unit} | {eta_formatted} left`,
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

function progressLines(
  { stderr, now = () => performance.now() }: Terminal,
  total: number | undefined,
  unit: string,
  before: string,
): Progress {
  let last = now()
  return {
    to(value) {
      if (now() - last < lineEveryMs) return
      last = now()
      const done = total === undefined ? `${value}` : `${Math.floor((100 * value) / total)}% | ${value} of ${total}`
      stderr.write(`${before}${done} ${unit}\n`)
    },
    stop: () => undefined,
  }
}

function isScreen(stream: object): stream is NodeJS.WriteStream {
  return 'isTTY' in stream && stream.isTTY === true
}
