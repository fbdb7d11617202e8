import { checkCount, checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { isNdArray, type NdArray } from '../ndarray/ndarray.ts'
import { valuesOf } from './values.ts'

/** Options of `imageStatistics`. */
export interface ImageStatisticsOptions<T = unknown> {
  /** The picture, or batch of pictures, of an element; by default the element itself, or its part `image`. */
  readonly image?: (element: T) => NdArray
  /** Elements that are looked at; all by default. */
  readonly limit?: number
}

/** What the values of one channel are like. */
export interface ChannelStatistics {
  readonly mean: number
  /** The deviation of all values, not of a sample. */
  readonly std: number
  readonly min: number
  readonly max: number
}

/** What the pictures of a dataset are like. */
export interface ImageStatistics {
  readonly images: number
  /** Least and greatest height and width. */
  readonly height: readonly [number, number]
  readonly width: readonly [number, number]
  /** Of each channel, over the values of all pictures: what `normalize` takes as `mean` and `std`. */
  readonly channels: readonly ChannelStatistics[]
}

/**
 * Goes over the pictures of a dataset and says what their sizes and values are like.
 *
 * @param elements a dataset, or any iterable, of images or of objects with an `image`, alone or in batches
 * @example
 * const { channels } = await imageStatistics(train)
 * const mean = channels.map((channel) => channel.mean)
 * const std = channels.map((channel) => channel.std)
 * const ready = imageFolder(train.table, { size: [224, 224], normalize: { mean, std } })
 * @throws InvalidArgumentError where an element has no image, or one of other channels than the first
 */
export async function imageStatistics<T>(
  elements: AsyncIterable<T> | Iterable<T>,
  options: ImageStatisticsOptions<T> = {},
): Promise<ImageStatistics> {
  checkOptions('imageStatistics', options, ['image', 'limit'])
  const limit = checkCount('imageStatistics', 'limit', options.limit ?? Infinity, { min: 1, infinite: true })
  const totals = new Totals()
  let index = 0
  for await (const element of elements) {
    const image: unknown = options.image === undefined ? imageIn(element) : options.image(element)
    if (!isNdArray(image) || image.rank < 3 || image.rank > 4) {
      throw new InvalidArgumentError(`imageStatistics: element ${index} has no image.`, {
        index,
        hint: 'Give image, a function from an element to its picture.',
      })
    }
    totals.add(image, index)
    if (++index === limit) break
  }
  return totals.result()
}

function imageIn(element: unknown): unknown {
  return isNdArray(element) ? element : (element as { readonly image?: unknown } | null)?.image
}

/** Sums of each channel, of values less the first one, so that no digits are lost where values are far from 0. */
class Totals {
  #images = 0
  #height: [number, number] = [Infinity, -Infinity]
  #width: [number, number] = [Infinity, -Infinity]
  #channels: { shift: number; count: number; sum: number; squares: number; min: number; max: number }[] = []

  add(image: NdArray, index: number): void {
    const [height, width, channels] = image.shape.slice(-3)
    const values = valuesOf(image)
    if (this.#channels.length === 0) {
      this.#channels = Array.from({ length: channels }, (_, c) => {
        return { shift: values.length > c ? values[c] : 0, count: 0, sum: 0, squares: 0, min: Infinity, max: -Infinity }
      })
    }
    if (channels !== this.#channels.length) {
      throw new InvalidArgumentError(
        `imageStatistics: element ${index} has ${channels} channels, and those before it ${this.#channels.length}.`,
        { index, hint: 'Decode all with the same channels.' },
      )
    }
    this.#images += image.rank === 4 ? image.shape[0] : 1
    this.#height = [Math.min(this.#height[0], height), Math.max(this.#height[1], height)]
    this.#width = [Math.min(this.#width[0], width), Math.max(this.#width[1], width)]
    for (const [c, total] of this.#channels.entries()) {
      for (let i = c; i < values.length; i += channels) {
        const value = values[i]
        const shifted = value - total.shift
        total.count++
        total.sum += shifted
        total.squares += shifted * shifted
        if (value < total.min) total.min = value
        if (value > total.max) total.max = value
      }
    }
  }

  result(): ImageStatistics {
    if (this.#images === 0) throw new InvalidArgumentError('imageStatistics: there is no element to look at.')
    const channels = this.#channels.map(({ shift, count, sum, squares, min, max }) => {
      const mean = sum / count
      return { mean: mean + shift, std: Math.sqrt(Math.max(0, squares / count - mean * mean)), min, max }
    })
    return { images: this.#images, height: this.#height, width: this.#width, channels }
  }
}
