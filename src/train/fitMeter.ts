import type { EpochReport, Logs } from './fitReport.ts'

/** Sums over the steps of a pass; plain JSON, kept in checkpoints so that a resumed pass reports all of itself. */
export interface PassSums {
  readonly steps: number
  readonly examples: number
  readonly loss: number
  readonly accuracy: number
  readonly seconds: number
  readonly secondsWaiting: number
  readonly longestWaitMs: number
  readonly longestWaitStep: number
}

/** One step, measured. */
export interface MeasuredStep {
  readonly step: number
  readonly examples: number
  readonly loss: number
  readonly accuracy: number | undefined
  /** Milliseconds, waiting included. */
  readonly tookMs: number
  readonly waitedMs: number
}

const none: PassSums = {
  ...{ steps: 0, examples: 0, loss: 0, accuracy: 0 },
  ...{ seconds: 0, secondsWaiting: 0, longestWaitMs: 0, longestWaitStep: 0 },
}

/** Counts examples and time, of the run and of the pass at hand. */
export class FitMeter {
  readonly #stepMs: number[] = []
  #examples = 0
  #waitedMs = 0
  #trainedMs = 0
  #pass = none
  #withAccuracy = false

  /** Of the pass at hand so far. */
  get pass(): PassSums {
    return this.#pass
  }

  get secondsTraining(): number {
    return this.#trainedMs / 1000
  }

  get examplesPerSecond(): number {
    return this.#trainedMs === 0 ? 0 : (this.#examples * 1000) / this.#trainedMs
  }

  get waitingShare(): number {
    return this.#trainedMs === 0 ? 0 : this.#waitedMs / this.#trainedMs
  }

  /** Median milliseconds of a step, without waiting. */
  get stepMs(): number {
    const sorted = [...this.#stepMs].sort((a, b) => a - b)
    return sorted.at(Math.floor(sorted.length / 2)) ?? 0
  }

  /** Begins a pass, or goes on with one of a checkpoint. */
  beginPass(sums: PassSums = none): void {
    this.#pass = sums
  }

  add({ step, examples, loss, accuracy, tookMs, waitedMs }: MeasuredStep): void {
    this.#examples += examples
    this.#waitedMs += waitedMs
    this.#trainedMs += tookMs
    this.#stepMs.push(tookMs - waitedMs)
    this.#withAccuracy = accuracy !== undefined
    const pass = this.#pass
    const longest = waitedMs > pass.longestWaitMs
    this.#pass = {
      steps: pass.steps + 1,
      examples: pass.examples + examples,
      loss: pass.loss + loss * examples,
      accuracy: pass.accuracy + (accuracy ?? 0) * examples,
      seconds: pass.seconds + tookMs / 1000,
      secondsWaiting: pass.secondsWaiting + waitedMs / 1000,
      longestWaitMs: longest ? waitedMs : pass.longestWaitMs,
      longestWaitStep: longest ? step : pass.longestWaitStep,
    }
  }

  /** The report of the pass at hand. */
  report(epoch: number, step: number, validation: Logs, bottleneck: string | undefined): EpochReport {
    const { steps, examples, loss, accuracy, seconds, secondsWaiting, longestWaitMs, longestWaitStep } = this.#pass
    const means = { loss: loss / examples, ...(this.#withAccuracy ? { accuracy: accuracy / examples } : {}) }
    return {
      ...{ epoch, step, steps, examples, seconds, secondsWaiting, longestWaitMs, longestWaitStep },
      logs: { ...means, ...validation },
      waitingShare: seconds === 0 ? 0 : secondsWaiting / seconds,
      ...(bottleneck === undefined ? {} : { bottleneck }),
    }
  }
}
