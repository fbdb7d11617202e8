import type { Unit } from '../../bench/measure.ts'
import type { Result, Run } from '../../bench/run.ts'

/** A result by the medians of its sides; least and most are a tenth away. */
export function resultOf(name: string, sides: Readonly<Record<string, number>>, unit: Unit = 'nanoseconds'): Result {
  const [ours] = Object.values(sides)
  const timings = Object.entries(sides).map(([side, amount]) => {
    return { name: side, median: amount, least: 0.9 * amount, most: 1.1 * amount, ratio: amount / ours }
  })
  return { name, element: 'element', unit, timings }
}

/** A whole run of these results. */
export function runOf(results: readonly Result[], changed: Partial<Run> = {}): Run {
  return {
    ...{ complete: true, quick: false, rounds: 7, names: [], notes: [], results },
    machine: {
      date: '2026-11-25T10:00:00Z',
      cpu: 'A processor',
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      os: 'Linux 6',
      versions: { node: '20.20.2', millrace: '0.1.0' },
    },
    ...changed,
  }
}
