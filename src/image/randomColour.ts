import { wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Rng } from '../core/random.ts'
import type { NumericDType } from '../core/spec.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { adjustBrightness } from './adjustBrightness.ts'
import { adjustContrast } from './adjustContrast.ts'
import { adjustHue } from './adjustHue.ts'
import { adjustSaturation } from './adjustSaturation.ts'
import { checkRng } from './checkRng.ts'
import { checkNumber } from './imageShape.ts'

/*
 * A colour of an image or batch is changed by one number, drawn uniformly; a batch is changed as a whole, as in TensorFlow.
 */

/**
 * `adjustBrightness` by a number from -maxDelta up to maxDelta (`tf.image.random_brightness`).
 *
 * @param maxDelta at least 0
 * @param rng one draw
 * @throws InvalidArgumentError as `adjustBrightness`, and for another `maxDelta`
 *
 * @example
 * randomBrightness(ndarray(Uint8Array.of(100), [1, 1, 1]), 0, new Rng({ a: 1, b: 0 })) // uint8 [[[100]]]
 */
export function randomBrightness<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  maxDelta: number,
  rng: Rng,
): NdArray<D, R> {
  checkNumber('randomBrightness', 'maxDelta', maxDelta, 'a number of at least 0', 0)
  return adjustBrightness(image, checkRng('randomBrightness', rng).uniform(-maxDelta, maxDelta))
}

/**
 * `adjustContrast` by a factor from `lower` up to `upper` (`tf.image.random_contrast`).
 *
 * @param lower at least 0
 * @param upper above `lower`
 * @param rng one draw
 * @throws InvalidArgumentError as `adjustContrast`, and for other bounds
 *
 * @example
 * randomContrast(ndarray(Uint8Array.of(9), [1, 1, 1]), 0.5, 1.5, new Rng({ a: 1, b: 0 })) // uint8 [[[9]]]
 */
export function randomContrast<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  lower: number,
  upper: number,
  rng: Rng,
): NdArray<D, R> {
  checkBounds('randomContrast', lower, upper)
  return adjustContrast(image, checkRng('randomContrast', rng).uniform(lower, upper))
}

/**
 * `adjustHue` by a number from -maxDelta up to maxDelta (`tf.image.random_hue`).
 *
 * @param maxDelta from 0 to 0.5
 * @param rng one draw
 * @throws InvalidArgumentError as `adjustHue`, and for another `maxDelta`
 *
 * @example
 * randomHue(ndarray(Uint8Array.of(9, 9, 9), [1, 1, 3]), 0.5, new Rng({ a: 1, b: 0 })) // uint8 [[[9, 9, 9]]]
 */
export function randomHue<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  maxDelta: number,
  rng: Rng,
): NdArray<D, R> {
  if (!(typeof maxDelta === 'number' && maxDelta >= 0 && maxDelta <= 0.5)) {
    throw wrongArgument('randomHue', 'maxDelta', 'a number from 0 to 0.5', maxDelta)
  }
  return adjustHue(image, checkRng('randomHue', rng).uniform(-maxDelta, maxDelta))
}

/**
 * `adjustSaturation` by a factor from `lower` up to `upper` (`tf.image.random_saturation`).
 *
 * @param lower at least 0
 * @param upper above `lower`
 * @param rng one draw
 * @throws InvalidArgumentError as `adjustSaturation`, and for other bounds
 *
 * @example
 * randomSaturation(ndarray(Uint8Array.of(9, 9, 9), [1, 1, 3]), 0, 2, new Rng({ a: 1, b: 0 })) // uint8 [[[9, 9, 9]]]
 */
export function randomSaturation<D extends NumericDType, R extends number>(
  image: NdArray<D, R>,
  lower: number,
  upper: number,
  rng: Rng,
): NdArray<D, R> {
  checkBounds('randomSaturation', lower, upper)
  return adjustSaturation(image, checkRng('randomSaturation', rng).uniform(lower, upper))
}

function checkBounds(operation: string, lower: unknown, upper: unknown): void {
  const least = checkNumber(operation, 'lower', lower, 'a number of at least 0', 0)
  const most = checkNumber(operation, 'upper', upper)
  if (most > least) return
  throw new InvalidArgumentError(`${operation}: upper must be above lower ${least}, got ${most}.`)
}
