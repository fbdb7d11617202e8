import { MillraceError, type Dataset } from '../../index.ts'
import { progressBar, type Progress } from '../progress.ts'
import { printJson, printLine, type Terminal } from '../terminal.ts'
import { benchLines, benchReport, type BenchReport } from './benchReport.ts'
import type { BenchOptions } from './command.ts'
import { untilInterrupted } from './interruption.ts'
import { loadPipeline } from './loadPipeline.ts'
import { profileRound, runRound, type ProfiledRound, type Round, type RoundLimits } from './round.ts'

/**
 * Measures a pipeline: rounds to warm up, rounds that count, and one in which each operation is measured, which costs time
 * and so counts for nothing else. The first element of the very first round is what a program waits for at its start.
 *
 * @returns false where it was stopped; what was measured until then is printed
 */
export async function bench(pipeline: string, options: BenchOptions, terminal: Terminal): Promise<boolean> {
  const dataset = await loadPipeline(pipeline, options.args)
  const measured = await untilInterrupted((signal) => measure(dataset, options, signal, terminal))
  const interrupted = measured.profiled === undefined
  if (measured.rounds.length > 0) print(benchReport(pipeline, options.warmup, measured), options.json, terminal)
  if (interrupted) terminal.stderr.write('bench: stopped\n')
  return !interrupted
}

/** What was measured so far. */
export interface Measured {
  /** Milliseconds to the first element in the very first round. */
  startMs: number
  readonly rounds: Round[]
  /** Undefined where it was stopped before. */
  profiled?: ProfiledRound
}

async function measure(
  dataset: Dataset<unknown>,
  { elements = Infinity, seconds, warmup, repeat }: BenchOptions,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<Measured> {
  const limits: RoundLimits = { elements, seconds }
  const total = elements === Infinity ? undefined : elements
  const measured: Measured = { startMs: 0, rounds: [] }
  try {
    for (let i = 0; i < warmup + repeat; i++) {
      const label = i < warmup ? `warm-up ${i + 1} of ${warmup}` : `round ${i - warmup + 1} of ${repeat}`
      const round = await withBar(terminal, total, label, (onProgress) => runRound(dataset, limits, signal, onProgress))
      if (i === 0) measured.startMs = round.firstMs
      if (i >= warmup) measured.rounds.push(round)
    }
    measured.profiled = await withBar(terminal, total, 'each operation', (onProgress) =>
      profileRound(dataset, limits, signal, onProgress),
    )
  } catch (error) {
    if (!signal.aborted) throw error
    if (signal.reason instanceof MillraceError) throw signal.reason
    if (!(error instanceof Error) || error.name !== 'CancelledError') throw error
  }
  return measured
}

async function withBar<R>(
  terminal: Terminal,
  total: number | undefined,
  label: string,
  run: (onProgress: Progress['to']) => Promise<R>,
): Promise<R> {
  const bar = progressBar(terminal, total, 'elements', label)
  try {
    return await run((elements) => bar.to(elements))
  } finally {
    bar.stop()
  }
}

function print(report: BenchReport, json: boolean, terminal: Terminal): void {
  if (json) printJson(terminal, report)
  else for (const line of benchLines(report)) printLine(terminal, line)
}
