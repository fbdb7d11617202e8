import type { Timing, Unit } from './measure.ts'

/** A case that was measured. */
export interface Result {
  readonly name: string
  readonly element: string
  readonly unit: Unit
  readonly timings: readonly Timing[]
}

/** Where and how a run was made. */
export interface RunMachine {
  /** When it began, as 2026-11-25T10:00:00Z. */
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly os: string
  /** Versions by name: node, millrace, and each peer that is installed. */
  readonly versions: Readonly<Record<string, string>>
}

/** A run of the benchmarks: what `--json` writes, anew after each case. */
export interface Run {
  /** False while it goes on, and where it never ended. */
  readonly complete: boolean
  readonly quick: boolean
  readonly rounds: number
  /** Parts of the names of the cases that were asked for; none where it was all. */
  readonly names: readonly string[]
  readonly machine: RunMachine
  readonly results: readonly Result[]
  /** What did not run, and why: a sentence each. */
  readonly notes: readonly string[]
}
