import type { PipelineStats, Tuning } from '../../index.ts'
import type { Measured } from './bench.ts'
import type { Round } from './round.ts'

/** The middle of the rounds, and how far they lie apart. */
interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** What `millrace bench` found. */
export interface BenchReport {
  readonly pipeline: string
  readonly warmup: number
  readonly rounds: readonly Round[]
  readonly elementsPerSecond: Spread
  readonly usPerElement: Spread
  /** Of the values of elements; null where it was stopped before they were looked at. */
  readonly bytesPerElement: number | null
  readonly bytesPerSecond: Spread | null
  /** Milliseconds to the first element: in the very first round, and in the measured ones. */
  readonly startMs: number
  readonly firstMs: Spread
  /** Of each operation; null where it was stopped before. */
  readonly profile: PipelineStats | null
  /** What AUTOTUNE chose, by operation and argument. */
  readonly tuned: Tuning
}

export function benchReport(pipeline: string, warmup: number, { startMs, rounds, profiled }: Measured): BenchReport {
  const rates = rounds.map(({ elements, seconds }) => elements / seconds)
  const last = profiled?.stats.nodes.at(-1)
  const bytesPerElement = last === undefined || last.elements === 0 ? null : last.bytes / last.elements
  return {
    pipeline,
    warmup,
    rounds,
    elementsPerSecond: spreadOf(rates),
    usPerElement: spreadOf(rates.map((rate) => 1e6 / rate)),
    bytesPerElement,
    bytesPerSecond: bytesPerElement === null ? null : spreadOf(rates.map((rate) => rate * bytesPerElement)),
    startMs,
    firstMs: spreadOf(rounds.map(({ firstMs }) => firstMs)),
    profile: profiled?.stats ?? null,
    tuned: profiled?.tuned ?? {},
  }
}

/** The same for people. */
export function benchLines(report: BenchReport): string[] {
  const { pipeline, warmup, rounds, elementsPerSecond, usPerElement, bytesPerSecond, bytesPerElement } = report
  const elements = spreadOf(rounds.map((round) => round.elements))
  const counts = elements.least === elements.most ? grouped(elements.least) : span(elements, grouped)
  const rows: (readonly [string, string])[] = [
    ['elements a second', withSpread(elementsPerSecond, rate)],
    ['us an element', withSpread(usPerElement, short)],
  ]
  if (bytesPerSecond !== null) {
    const each = ` of ${grouped(Math.round(bytesPerElement ?? 0))} bytes an element`
    rows.push(['MB a second', `${withSpread(bytesPerSecond, (bytes) => short(bytes / 1e6))}${each}`])
  }
  rows.push(['ms to the first element', withSpread(report.firstMs, short)])
  rows.push(['  in the very first round', short(report.startMs)])
  for (const [path, settings] of Object.entries(report.tuned)) {
    for (const [name, value] of Object.entries(settings)) rows.push([`AUTOTUNE ${name}`, `${value} in ${path}`])
  }
  const width = Math.max(...rows.map(([name]) => name.length))
  const warm = warmup === 0 ? '' : `, after ${warmup} to warm up`
  return [
    `${pipeline}: ${rounds.length} round${rounds.length === 1 ? '' : 's'} of ${counts} elements${warm}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
    ...(report.profile === null ? [] : ['', report.profile.toString()]),
  ]
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return { median, least: sorted[0], most: sorted[sorted.length - 1] }
}

function withSpread(spread: Spread, text: (value: number) => string): string {
  const { median, least, most } = spread
  return least === most ? text(median) : `${text(median)} (${span(spread, text)})`
}

function span({ least, most }: Spread, text: (value: number) => string): string {
  return `${text(least)} to ${text(most)}`
}

function rate(value: number): string {
  return value < 100 ? short(value) : grouped(Math.round(value))
}

/** Three significant digits, in full. */
function short(value: number): string {
  if (value >= 1000) return grouped(Math.round(value))
  return value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value >= 1
        ? value.toFixed(2)
        : value.toFixed(3)
}

function grouped(value: number): string {
  return value.toLocaleString('en-US')
}
