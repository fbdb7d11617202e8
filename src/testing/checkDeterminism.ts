import { AssertionError } from 'node:assert'
import { checkCount, checkFunction, checkOptions, wrongArgument } from '../core/checks.ts'
import { release } from '../core/lease.ts'
import { argText } from '../core/planKey.ts'
import type { Dataset } from '../dataset/dataset.ts'
import { difference } from './difference.ts'

/** Options of `checkDeterminism`. */
export interface DeterminismOptions<S> {
  /** The settings to try, at least two: numbers of workers, of calls in flight, depths of prefetch, or several of these. */
  readonly settings: readonly S[]
  /** Passes to compare, each with its own shuffles; 2 by default. */
  readonly passes?: number
  /** Elements of each pass to compare; all by default, which an endless dataset needs a limit for. */
  readonly limit?: number
}

/**
 * Checks that a pipeline gives the same elements in the same order under each of several settings, which should decide
 * its speed alone. The dataset of the first setting is what the others are held to, element by element.
 *
 * @param build makes the dataset for a setting
 * @returns how many elements were compared under each setting
 *
 * @example
 * const build = (calls: number) => Dataset.range(50).map(async (x) => x * 2, { numParallelCalls: calls })
 * checkDeterminism(build, { settings: [1, 2, 8] }) // 100
 * @throws AssertionError naming setting, pass, element and the first value that differs
 */
export async function checkDeterminism<S>(
  build: (setting: S) => Dataset<unknown>,
  options: DeterminismOptions<S>,
): Promise<number> {
  checkFunction('checkDeterminism', 'build', build)
  checkOptions('checkDeterminism', options, ['settings', 'passes', 'limit'])
  const { settings } = options
  const passes = checkCount('checkDeterminism', 'passes', options.passes ?? 2, { min: 1 })
  const limit = checkCount('checkDeterminism', 'limit', options.limit ?? Infinity, { infinite: true })
  if (!Array.isArray(settings) || settings.length < 2) {
    throw wrongArgument('checkDeterminism', 'settings', 'an array of at least two', settings)
  }
  const [first, ...others] = settings as readonly S[]
  let compared = 0
  for (const setting of others) {
    const [expected, actual] = [build(first), build(setting)]
    let count = 0
    for (let epoch = 0; epoch < passes; epoch++) count += await compare(expected, actual, epoch, limit, setting, first)
    compared = count
  }
  return compared
}

/** Goes over a pass of both, side by side; says how many elements there were. */
async function compare(
  expected: Dataset<unknown>,
  actual: Dataset<unknown>,
  epoch: number,
  limit: number,
  setting: unknown,
  first: unknown,
): Promise<number> {
  await using wanted = expected.iterator({ epoch })
  await using found = actual.iterator({ epoch })
  for (let index = 0; ; index++) {
    if (index >= limit) return index
    const [want, got] = [await wanted.next(), await found.next()]
    const where = `checkDeterminism: pass ${epoch}, element ${index} under ${argText(setting)}`
    const than = `under ${argText(first)}`
    if (want.done !== got.done) {
      const message =
        got.done === true ? `${where} is not there, but ${than} it is` : `${where} is there, but ${than} it is not`
      throw new AssertionError({ message: `${message}.`, actual: got, expected: want })
    }
    if (want.done === true) return index
    const differs = difference(got.value, want.value)
    if (differs !== undefined) {
      const message = `${where} is not what it is ${than}: ${differs}.`
      throw new AssertionError({ message, actual: got.value, expected: want.value })
    }
    release(want.value)
    release(got.value)
  }
}
