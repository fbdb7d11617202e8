import { wrongArgument } from './checks.ts'
import { InvalidArgumentError } from './errors.ts'

/** The part of the unit interval that a part of the data takes, `end` not included. */
export interface Interval {
  readonly start: number
  readonly end: number
}

/**
 * The part of [0, 1) that each part of the data takes, one after the other in the order of their names.
 *
 * @throws InvalidArgumentError where the fractions name no part, or are none
 */
export function splitIntervals(operation: string, fractions: Readonly<Record<string, number>>): [string, Interval][] {
  const sum = checkFractions(operation, fractions)
  let end = 0
  return Object.entries(fractions).map(([part, fraction], i, { length }) => {
    const start = end
    // Rounding must leave no gap before 1, in which an element would be in no part.
    end = i === length - 1 && sum > 1 - tolerance ? 1 : start + fraction
    return [part, { start, end }]
  })
}

/** How far from 1 the sum of fractions may be by rounding. */
const tolerance = 1e-9

function checkFractions(operation: string, fractions: unknown): number {
  if (typeof fractions !== 'object' || fractions === null || Array.isArray(fractions)) {
    throw wrongArgument(operation, 'fractions', 'an object', fractions)
  }
  const parts: [string, unknown][] = Object.entries(fractions)
  if (parts.length === 0) {
    throw new InvalidArgumentError(`${operation}: fractions names no part.`, {
      hint: 'As in { train: 0.8, test: 0.2 }.',
    })
  }
  let sum = 0
  for (const [part, fraction] of parts) {
    if (!(typeof fraction === 'number' && fraction > 0 && fraction <= 1)) {
      throw wrongArgument(operation, `fractions.${part}`, 'a number above 0 and at most 1', fraction)
    }
    sum += fraction
  }
  if (sum > 1 + tolerance) throw wrongArgument(operation, 'the sum of fractions', 'at most 1', sum)
  return sum
}
