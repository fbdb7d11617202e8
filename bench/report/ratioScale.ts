/** Where a ratio lies between two ends. */
export interface RatioScale {
  readonly logarithmic: boolean
  /** From 0 at the left end to 1 at the right one. */
  at(ratio: number): number
  /** Ratios to write at the axis. */
  readonly ticks: readonly number[]
  /** Where bars begin: at nothing on a linear scale; a logarithmic one has no nothing, so there at one time. */
  readonly origin: number
}

/** Ratios up to which a linear scale shows all bars. */
const linearUpTo = 12

/** A scale on which all the ratios, which are more than 0, can be told apart. */
export function ratioScale(ratios: readonly number[]): RatioScale {
  const most = Math.max(1, ...ratios)
  const least = Math.min(1, ...ratios)
  return most <= linearUpTo && least > 1 / linearUpTo ? linear(most) : logarithmic(least, most)
}

function linear(most: number): RatioScale {
  const step = [0.25, 0.5, 1, 2, 3].find((one) => most / one <= 6) ?? 4
  const end = Math.ceil(most / step) * step
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, i) => i * step)
  return { logarithmic: false, at: (ratio) => ratio / end, ticks, origin: 0 }
}

function logarithmic(least: number, most: number): RatioScale {
  const low = Math.floor(Math.log10(least))
  const high = Math.max(low + 1, Math.ceil(Math.log10(most)))
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i))
  return { logarithmic: true, at: (ratio) => (Math.log10(ratio) - low) / (high - low), ticks, origin: 1 }
}
