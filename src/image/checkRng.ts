import { InvalidArgumentError } from '../core/errors.ts'
import { Rng } from '../core/random.ts'
import { describe } from '../ndarray/ndarray.ts'

/** Refuses what is no generator of random numbers. */
export function checkRng(operation: string, rng: unknown): Rng {
  if (rng instanceof Rng) return rng
  throw new InvalidArgumentError(`${operation}: rng must be an Rng, got ${describe(rng)}.`, {
    hint: 'A map function gets one: map((image, { rng }) => ...).',
  })
}
