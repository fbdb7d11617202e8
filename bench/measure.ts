/** Elements gone through, with the time that counts where it is not that of the whole call. */
export type Work = number | { readonly elements: number; readonly nanoseconds: number }

/** One way to do the work of a case. */
export interface Side {
  readonly name: string
  /** Does the work once; returns how many elements it was, and how long they took where that is not all of it. */
  run(): Work | Promise<Work>
  /** Frees what the side holds. */
  close?(): void
}

/** Work that several sides do in the same run. The first side is ours; the others are what it is held against. */
export interface Case {
  readonly name: string
  /** What one element is. */
  readonly element: string
  /** Makes data and sides; what it opens, `close` closes. */
  open(quick: boolean): Promise<OpenCase>
}

/** A case ready to run. */
export interface OpenCase {
  readonly sides: readonly Side[]
  close?(): Promise<void>
}

/** How long a side took for one element, in nanoseconds. */
export interface Timing {
  readonly name: string
  readonly median: number
  readonly least: number
  readonly most: number
  /** Median over the rounds of this side's time divided by our side's, in the same round. */
  readonly ratio: number
}

/**
 * Runs the sides in turn, so that a machine that slows down does so for all of them.
 *
 * @param leastMs how long a side is repeated in a round, at least. Then it is also run once before it is timed: giving
 *   memory back throws compiled code away, and what takes a few milliseconds would be timed while it is made again
 */
export async function measure(sides: readonly Side[], rounds: number, leastMs: number): Promise<Timing[]> {
  const times: number[][] = sides.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      globalThis.gc?.()
      if (leastMs > 0) await side.run()
      const began = performance.now()
      let elements = 0
      let nanoseconds = 0
      do {
        const started = performance.now()
        const work = await side.run()
        elements += typeof work === 'number' ? work : work.elements
        nanoseconds += typeof work === 'number' ? (performance.now() - started) * 1e6 : work.nanoseconds
      } while (performance.now() - began < leastMs)
      // The first round warms up.
      if (round >= 0) times[i].push(nanoseconds / elements)
    }
  }
  return sides.map(({ name }, i) => ({
    name,
    median: median(times[i]),
    least: Math.min(...times[i]),
    most: Math.max(...times[i]),
    ratio: median(times[i].map((time, round) => time / times[0][round])),
  }))
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
