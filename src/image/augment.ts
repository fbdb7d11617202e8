import { checkBoolean, checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { checkNumber } from './imageShape.ts'

type Pair = readonly [number, number]

/** Random changes of pictures, in the order in which they are made. All are left out by default. */
export interface Augment {
  /**
   * A random rectangle is resized, not the whole: `true` as `randomResizedCrop` has it, or its ranges of area (a share of
   * the picture's, [0.08, 1] by default) and of width / height ([3 / 4, 4 / 3]).
   */
  readonly crop?: boolean | { readonly areaRange?: Pair; readonly aspectRatioRange?: Pair }
  /** Whether half of the pictures are mirrored. */
  readonly flipLeftRight?: boolean
  /** Whether half of the pictures are turned upside down. */
  readonly flipUpDown?: boolean
  /** The most that is added or taken away, as a share of the whole range. */
  readonly brightness?: number
  /** Least and greatest factor of the contrast. */
  readonly contrast?: Pair
  /** Least and greatest factor of the saturation. */
  readonly saturation?: Pair
  /** The most that hues are turned by, as a share of the circle; at most 0.5. */
  readonly hue?: number
}

const names = ['crop', 'flipLeftRight', 'flipUpDown', 'brightness', 'contrast', 'saturation', 'hue'] as const

/** Refuses augmentations that are none, when the pipeline is built. */
export function checkAugment(operation: string, augment: Augment): void {
  checkOptions(operation, augment, names)
  const { crop = false, brightness, contrast, saturation, hue } = augment
  if (typeof crop !== 'boolean') {
    checkOptions(operation, crop, ['areaRange', 'aspectRatioRange'])
    for (const [name, pair] of Object.entries(crop))
      checkPair(operation, `augment.crop.${name}`, pair, Number.MIN_VALUE)
    const [least, most] = crop.areaRange ?? [1, 1]
    if (most > 1) throw wrongArgument(operation, 'augment.crop.areaRange', 'shares of at most 1', `${least} to ${most}`)
  }
  checkBoolean(operation, 'augment.flipLeftRight', augment.flipLeftRight ?? false)
  checkBoolean(operation, 'augment.flipUpDown', augment.flipUpDown ?? false)
  checkNumber(operation, 'augment.brightness', brightness ?? 0, 'a number of at least 0', 0)
  if (contrast !== undefined) checkPair(operation, 'augment.contrast', contrast, 0)
  if (saturation !== undefined) checkPair(operation, 'augment.saturation', saturation, 0)
  const turn = checkNumber(operation, 'augment.hue', hue ?? 0, 'a number from 0 to 0.5', 0)
  if (turn > 0.5) throw wrongArgument(operation, 'augment.hue', 'a number from 0 to 0.5', turn)
}

function checkPair(operation: string, argument: string, pair: unknown, min: number): void {
  const [low, high] = Array.isArray(pair) ? (pair as readonly unknown[]) : []
  const ordered =
    Number.isFinite(low) && Number.isFinite(high) && (low as number) >= min && (high as number) >= (low as number)
  if (ordered && (pair as readonly unknown[]).length === 2) return
  const least = min === 0 ? 'at least 0' : 'above 0'
  throw new InvalidArgumentError(`${operation}: ${argument} must be two numbers, ${least}, the smaller one first.`)
}
