import { InvalidArgumentError } from '../core/errors.ts'
import type { Source } from '../core/stage.ts'

/** Refuses a dataset that is known to have no end, where all of its elements are wanted. */
export function checkEnds(operation: string, { node }: Source): void {
  if (node.cardinality !== Infinity) return
  throw new InvalidArgumentError(`${operation}: ${node.path} has no end.`, { hint: 'Take a part of it: take(n).' })
}
