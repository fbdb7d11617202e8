import { SingleBar } from 'cli-progress'
import { epochText, type EpochReport, type StepReport } from './fitReport.ts'

/** Shows how a run goes. */
export interface Progress {
  step(report: StepReport): void
  /** Tells of a pass that ended. */
  epoch?(report: EpochReport): void
  stop(): void
}

/**
 * A bar on standard error: step, loss, accuracy, examples a second, and the share of the time spent waiting for data;
 * and a line after each pass. Where standard error is no terminal, a line every ten seconds.
 *
 * @param total steps of the whole run, where they are known
 */
export function progressBar(total: number | undefined): Progress {
  const bar = new SingleBar({
    format: `{bar} step {value}${total === undefined ? '' : '/{total}'} | {measures}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: total === undefined ? 0 : 24,
    stream: process.stderr,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    fps: 5,
  })
  let started = false
  const stop = (): void => {
    if (started) bar.stop()
    started = false
  }
  return {
    step(report) {
      const measures = measuresText(report)
      if (!started) bar.start(total ?? report.step, report.step, { measures })
      started = true
      bar.update(report.step, { measures })
    },
    epoch(report) {
      stop()
      process.stderr.write(`${epochText(report)}\n`)
    },
    stop,
  }
}

function measuresText({ loss, accuracy, examplesPerSecond, waitingShare, epoch }: StepReport): string {
  const parts = [`epoch ${epoch + 1}`, `loss ${loss.toFixed(4)}`]
  if (accuracy !== undefined) parts.push(`accuracy ${(accuracy * 100).toFixed(1)}%`)
  parts.push(`${examplesPerSecond.toFixed(0)} examples/s`, `waiting ${(waitingShare * 100).toFixed(1)}%`)
  return parts.join(' | ')
}
