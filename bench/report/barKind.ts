import type { BarKind } from './barPanel.ts'

const limits = /^(raw limit|hand-written|plain loop|generator functions|a copy of)/
const peers =
  /tf\.data|tf\.image|tensorflow|tfjs|torch|grain|webdataset|opencv|python|sharp|\bix\b|\bnpm\b|\bnode:|\bnode streams/i

/** Whose a side is, by its name and its place among the sides of a case. */
export function barKind(side: string, place: number): BarKind {
  if (place === 0) return 'ours'
  if (limits.test(side)) return 'limit'
  return peers.test(side) && !side.startsWith('millrace') ? 'peer' : 'variant'
}
