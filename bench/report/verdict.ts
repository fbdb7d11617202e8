import { formatAmount, formatRatio } from '../format.ts'
import type { Timing } from '../measure.ts'
import type { Result } from '../run.ts'
import type { Target } from './targets.ts'

/** How a run stands to what is asked. */
export interface Verdict {
  readonly target: Target
  readonly state: 'reached' | 'short' | 'not measured'
  /** What was measured, in words; empty where nothing was. */
  readonly here: string
  /** Where a plot of the case shows the target: beside which side, at how many times the first side. */
  readonly mark?: { readonly side: string; readonly at: number }
}

/** Holds a target against the results of a run. */
export function verdictOf(target: Target, results: readonly Result[]): Verdict {
  const result = results.find(({ name }) => name === target.case)
  const ours = result && fastest(result, target.ours ?? [result.timings[0].name])
  if (result === undefined || ours === undefined) return { target, state: 'not measured', here: '' }
  if (target.than === undefined) return ofAmount(target, result, ours)
  const other = fastest(result, target.than)
  if (other === undefined) return { target, state: 'not measured', here: '' }
  return ofRatio(target, ours, other)
}

function ofAmount(target: Target, { unit, timings: [first] }: Result, ours: Timing): Verdict {
  const { most = Infinity } = target
  const state = ours.median <= most ? 'reached' : 'short'
  return { target, state, here: formatAmount(ours.median, unit), mark: { side: ours.name, at: most / first.median } }
}

/** Ratios are those to the first side in the same round, so that of two other sides is a quotient of two of them. */
function ofRatio(target: Target, ours: Timing, other: Timing): Verdict {
  const { least, most = Infinity } = target
  const times = other.ratio / ours.ratio
  if (least !== undefined) {
    const state = times >= least ? 'reached' : 'short'
    return { target, state, here: `${formatRatio(times)} times`, mark: { side: other.name, at: least * ours.ratio } }
  }
  const state = 1 / times <= most ? 'reached' : 'short'
  const here = `${formatRatio(1 / times)} times its time`
  return { target, state, here, mark: { side: other.name, at: ours.ratio / most } }
}

function fastest({ timings }: Result, names: readonly string[]): Timing | undefined {
  return timings
    .filter(({ name }) => names.includes(name))
    .reduce<Timing | undefined>((best, one) => (best === undefined || one.median < best.median ? one : best), undefined)
}
