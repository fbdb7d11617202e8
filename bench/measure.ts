import { median } from './median.ts'

/** What the amounts of a case are. Nanoseconds and bytes are of one element; percent is a share of the whole. */
export type Unit = 'nanoseconds' | 'bytes' | 'percent'

/** Elements gone through, with the amount that counts where it is not the time of the whole call. */
export type Work = number | MeasuredWork

/** Work that measured itself. */
export interface MeasuredWork {
  readonly elements: number
  /** Of all the elements together, in the unit of the case. */
  readonly amount: number
  /** How the amount came about, from the beginning to the end of the work, where that is worth a plot. */
  readonly series?: readonly number[]
}

/** One way to do the work of a case. */
export interface Side {
  readonly name: string
  /** Does the work once; returns how many elements it was, and the amount where that is not the time of it all. */
  run(): Work | Promise<Work>
  /** Frees what the side holds. */
  close?(): void
}

/** Work that several sides do in the same run. The first side is ours; the others are what it is held against. */
export interface Case {
  readonly name: string
  /** What one element is. */
  readonly element: string
  /** Nanoseconds by default. */
  readonly unit?: Unit
  /** True where a run is a measurement by itself, in a process of its own most of all: it is not warmed or repeated. */
  readonly once?: boolean
  /** Rounds at most, where one takes minutes; a single one is not warmed up either. */
  readonly mostRounds?: number
  /** Makes data and sides; what it opens, `close` closes. No sides: the case cannot run here. */
  open(quick: boolean): Promise<OpenCase>
}

/** A case ready to run. */
export interface OpenCase {
  readonly sides: readonly Side[]
  close?(): Promise<void>
}

/** What a side took for one element, in the unit of the case. */
export interface Timing {
  readonly name: string
  readonly median: number
  readonly least: number
  readonly most: number
  /** Median over the rounds of this side's amount divided by our side's, in the same round. */
  readonly ratio: number
  /** Of the last round. */
  readonly series?: readonly number[]
}

/** How sides are measured. */
export interface MeasureOptions {
  /** Rounds that count, at least one. */
  readonly rounds: number
  /** Whether a round that does not count comes before them. */
  readonly warmUp: boolean
  /**
   * How long a side is repeated in a round, at least, and as long again before it is timed: giving memory back throws
   * compiled code away, and what takes a few milliseconds would be timed while it is made again.
   */
  readonly leastMs: number
}

/** Runs the sides in turn, so that a machine that slows down does so for all of them. */
export async function measure(sides: readonly Side[], { rounds, warmUp, leastMs }: MeasureOptions): Promise<Timing[]> {
  const amounts: number[][] = sides.map(() => [])
  const series: (readonly number[] | undefined)[] = []
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      globalThis.gc?.()
      if (leastMs > 0) await repeated(side, leastMs)
      const { elements, amount, series: last } = await repeated(side, leastMs)
      series[i] = last
      if (round >= 0) amounts[i].push(amount / elements)
    }
  }
  return sides.map(({ name }, i) => ({
    name,
    median: median(amounts[i]),
    least: Math.min(...amounts[i]),
    most: Math.max(...amounts[i]),
    ratio: median(amounts[i].map((value, round) => value / amounts[0][round])),
    ...(series[i] === undefined ? {} : { series: series[i] }),
  }))
}

/** Runs a side until so much time is over, once at least; gives all its work together, and the series of the last run. */
async function repeated(side: Side, leastMs: number): Promise<MeasuredWork> {
  const began = performance.now()
  let elements = 0
  let amount = 0
  for (;;) {
    const started = performance.now()
    const work = await side.run()
    const measured = typeof work === 'number' ? timed(work, started) : work
    elements += measured.elements
    amount += measured.amount
    if (performance.now() - began >= leastMs) return { ...measured, elements, amount }
  }
}

function timed(elements: number, started: number): MeasuredWork {
  return { elements, amount: (performance.now() - started) * 1e6 }
}
