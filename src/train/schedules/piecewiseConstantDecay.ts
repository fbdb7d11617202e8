import { checkCount, checkOptions, wrongArgument } from '../../core/checks.ts'
import { InvalidArgumentError } from '../../core/errors.ts'
import { checkRate, type Schedule } from './schedule.ts'

/** Options of `piecewiseConstantDecay`. */
export interface PiecewiseConstantDecayOptions {
  /** Steps, ascending, after which the next rate holds: the rate `i` holds up to and including step `boundaries[i]`. */
  readonly boundaries: readonly number[]
  /** The rates, one more than there are boundaries. */
  readonly values: readonly number[]
}

/**
 * One rate after the other (`tf.keras.optimizers.schedules.PiecewiseConstantDecay`).
 *
 * @throws InvalidArgumentError where the boundaries do not ascend, or the rates are not one more than they
 * @example
 * const schedule = piecewiseConstantDecay({ boundaries: [100, 200], values: [0.1, 0.01, 0.001] })
 * schedule(101) // 0.01
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  checkOptions('piecewiseConstantDecay', options, ['boundaries', 'values'])
  const { boundaries, values } = options
  for (const [name, list] of Object.entries({ boundaries, values })) {
    if (!Array.isArray(list)) throw wrongArgument('piecewiseConstantDecay', name, 'an array', list)
  }
  if (values.length !== boundaries.length + 1) {
    const counts = `${values.length} for ${boundaries.length} boundaries`
    throw new InvalidArgumentError(
      `piecewiseConstantDecay: values must be one more than the boundaries, got ${counts}.`,
    )
  }
  boundaries.forEach((boundary, i) => {
    checkCount('piecewiseConstantDecay', `boundaries[${i}]`, boundary)
    if (i === 0 || boundary > boundaries[i - 1]) return
    const pair = `${boundaries[i - 1]} before ${boundary}`
    throw new InvalidArgumentError(`piecewiseConstantDecay: boundaries must ascend, got ${pair}.`)
  })
  values.forEach((value, i) => checkRate('piecewiseConstantDecay', `values[${i}]`, value))
  const [ends, rates] = [[...boundaries], [...values]]
  return (step) => {
    const piece = ends.findIndex((boundary) => step <= boundary)
    return rates[piece === -1 ? ends.length : piece]
  }
}
