import { checkCount, checkFunction, checkOptions } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { keyOf, foldIn, Rng } from '../core/random.ts'
import { isNdArray, NdArray } from '../ndarray/ndarray.ts'
import { checkAugment, type Augment } from './augment.ts'
import { prepareImage } from './prepareImage.ts'
import { resize } from './resize.ts'
import { faded, palette, Sheet } from './sheet.ts'
import { shownPixels } from './shownPixels.ts'

/** A box of a picture: [top, left, bottom, right], as shares of its sides. */
export type SheetBox = readonly [number, number, number, number]

/** Options of `contactSheet`. */
export interface ContactSheetOptions<T = unknown> {
  /** Pictures that are shown; 25 by default. */
  readonly count?: number
  /** Pictures side by side; 5 by default, or one with its variants. */
  readonly columns?: number
  /** Pixels of the longer side of a picture; 128 by default. */
  readonly cellSize?: number
  /** The picture of an element; by default the element itself, or its part `image`. */
  readonly image?: (element: T) => NdArray
  /** What stands below a picture; by default the name of its part `label`. */
  readonly caption?: (element: T, index: number) => string
  /** The names of labels; their numbers by default. */
  readonly classNames?: readonly string[]
  /** The boxes drawn on a picture; by default those of its part `boxes`, float32 [n, 4]. */
  readonly boxes?: (element: T) => readonly SheetBox[]
  /** The values that are black and white in pictures of floats; by default they are told from the values. */
  readonly range?: readonly [number, number]
  /** Random changes that are shown beside each picture, of bytes; none by default. */
  readonly augment?: Augment
  /** How many changed pictures; 4 by default where there is `augment`. */
  readonly variants?: number
  /** Decides the random changes; 0 by default. */
  readonly seed?: number
}

const names = [
  'count',
  'columns',
  'cellSize',
  'image',
  'caption',
  'classNames',
  'boxes',
  'range',
  'augment',
  'variants',
  'seed',
]

/**
 * Draws the first pictures of a dataset side by side, with their labels, boxes and augmented variants, for people to look
 * at. Batches are taken apart.
 *
 * @param elements a dataset, or any iterable, of images or of objects with an `image`
 * @returns uint8 [height, width, 3]
 * @example
 * const sheet = await contactSheet(train, { classNames: train.classNames, augment: { crop: true, flipLeftRight: true } })
 * await writeFile('sheet.png', await encodePng(sheet))
 * @throws InvalidArgumentError where an element has no image
 */
export async function contactSheet<T>(
  elements: AsyncIterable<T> | Iterable<T>,
  options: ContactSheetOptions<T> = {},
): Promise<NdArray<'uint8', 3>> {
  checkOptions('contactSheet', options, names)
  const count = checkCount('contactSheet', 'count', options.count ?? 25, { min: 1 })
  const cell = checkCount('contactSheet', 'cellSize', options.cellSize ?? 128, { min: 8 })
  const seed = checkCount('contactSheet', 'seed', options.seed ?? 0)
  const { augment, columns } = options
  const variants = checkCount('contactSheet', 'variants', options.variants ?? (augment === undefined ? 0 : 4))
  if (augment !== undefined) checkAugment('contactSheet', augment)
  if (columns !== undefined) checkCount('contactSheet', 'columns', columns, { min: 1 })
  for (const name of ['image', 'caption', 'boxes'] as const) {
    if (options[name] !== undefined) checkFunction('contactSheet', name, options[name])
  }
  const shown: Shown[] = []
  for await (const element of elements) {
    for (const row of rowsOf(element)) {
      if (shown.length === count) break
      shown.push(shownElement(row as T, shown.length, options))
    }
    if (shown.length === count) break
  }
  if (shown.length === 0) throw new InvalidArgumentError('contactSheet: there is no element to show.')
  const pictures = shown.map((one, i) => [
    one.image,
    ...variantsOf(one.image, variants, augment, foldIn(keyOf(seed), i)),
  ])
  return draw(shown, pictures, cell, columns ?? (variants > 0 ? 1 : Math.min(5, shown.length)), options.range)
}

/** A picture with what is written and drawn on it. */
interface Shown {
  readonly image: NdArray
  readonly caption: string
  readonly boxes: readonly SheetBox[]
}

const gap = 8
const captionHeight = 12

function draw(
  shown: readonly Shown[],
  pictures: readonly (readonly NdArray[])[],
  cell: number,
  columns: number,
  range: readonly [number, number] | undefined,
): NdArray<'uint8', 3> {
  const cells = pictures.map((row) => row.map((picture) => fitted(shownPixels(picture, range), cell)))
  const width = cells[0].length * (cell + gap) - gap
  // A line is as high as its highest picture: a caption stands below its own.
  const heights = Array.from({ length: Math.ceil(shown.length / columns) }, (_, line) =>
    Math.max(...cells.slice(line * columns, (line + 1) * columns).flatMap((row) => row.map(({ shape }) => shape[0]))),
  )
  const height = heights.reduce((sum, own) => sum + own + captionHeight + gap, gap)
  const sheet = new Sheet(columns * (width + 2 * gap), height)
  let top = gap
  shown.forEach(({ caption, boxes }, i) => {
    const left = gap + (i % columns) * (width + 2 * gap)
    const lineHeight = heights[Math.floor(i / columns)]
    cells[i].forEach((image, variant) => {
      const x = left + variant * (cell + gap) + Math.floor((cell - image.shape[1]) / 2)
      const y = top + Math.floor((lineHeight - image.shape[0]) / 2)
      sheet.put(x, y, image)
      if (variant === 0) boxes.forEach((box, n) => drawBox(sheet, box, x, y, image.shape, n))
    })
    sheet.text(left, top + lineHeight + 3, caption, { color: faded, maxWidth: width })
    if (i % columns === columns - 1) top += lineHeight + captionHeight + gap
  })
  return sheet.image()
}

/** A picture as large as its cell allows. */
function fitted(image: NdArray<'uint8'>, cell: number): NdArray<'uint8'> {
  const [height, width] = image.shape
  const scale = cell / Math.max(height, width)
  const size = [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))] as const
  // Enlarged pixels keep their edges: people look at them to see what is there.
  if (scale >= 1) return resize(image, size, { method: 'nearest' })
  const small = resize(image, size, { antialias: true })
  return new NdArray('uint8', small.shape, new Uint8Array(Uint8ClampedArray.from(small.data).buffer))
}

/** Draws what of a box lies within its picture. */
function drawBox(
  sheet: Sheet,
  box: SheetBox,
  x: number,
  y: number,
  [height, width]: readonly number[],
  n: number,
): void {
  const [top, left, bottom, right] = box.map((share, i) =>
    Math.round(Math.min(1, Math.max(0, share)) * (i % 2 === 0 ? height : width)),
  )
  if (box[2] < 0 || box[3] < 0 || box[0] > 1 || box[1] > 1) return
  sheet.frame(x + left, y + top, Math.max(2, right - left), Math.max(2, bottom - top), palette[n % palette.length], 2)
}

function variantsOf(
  image: NdArray,
  count: number,
  augment: Augment | undefined,
  key: Parameters<typeof foldIn>[0],
): NdArray[] {
  if (augment === undefined) return []
  if (image.dtype !== 'uint8') {
    throw new InvalidArgumentError(`contactSheet: variants are made of pictures of uint8, got ${image.dtype}.`, {
      hint: 'Show the dataset before its pictures are normalized.',
    })
  }
  const size = [image.shape[0], image.shape[1]] as const
  return Array.from({ length: count }, (_, i) =>
    prepareImage(image as NdArray<'uint8'>, { size, augment, dtype: 'uint8' }, new Rng(foldIn(key, i))),
  )
}

function shownElement<T>(element: T, index: number, options: ContactSheetOptions<T>): Shown {
  const parts = (isNdArray(element) ? { image: element } : element) as Readonly<Record<string, unknown>>
  const image: unknown = options.image === undefined ? parts.image : options.image(element)
  if (!isNdArray(image)) {
    throw new InvalidArgumentError(`contactSheet: element ${index} has no image.`, {
      hint: 'Give image, a function from an element to its picture.',
    })
  }
  return {
    image,
    caption:
      options.caption === undefined ? labelText(parts.label, options.classNames) : options.caption(element, index),
    boxes: options.boxes === undefined ? boxesOf(parts.boxes) : options.boxes(element),
  }
}

function labelText(label: unknown, classNames: readonly string[] | undefined): string {
  if (isNdArray(label)) {
    const values = Array.from(label.data as ArrayLike<number>)
    // One-hot, or a single number.
    return labelText(values.length === 1 ? values[0] : values.indexOf(Math.max(...values)), classNames)
  }
  if (typeof label === 'string') return label
  if (typeof label !== 'number' && typeof label !== 'bigint') return ''
  return classNames?.[Number(label)] ?? String(label)
}

function boxesOf(boxes: unknown): SheetBox[] {
  if (!isNdArray(boxes) || boxes.rank !== 2 || boxes.shape[1] !== 4) return []
  return Array.from(
    { length: boxes.shape[0] },
    (_, i) => Array.from(boxes.data.slice(4 * i, 4 * i + 4), Number) as never,
  )
}

/** The rows of a batch, or the element alone. */
function rowsOf(element: unknown): unknown[] {
  if (isNdArray(element)) return element.rank === 4 ? rowsOfArray(element) : [element]
  const parts = element as Readonly<Record<string, unknown>> | null
  const image = parts?.image
  if (!isNdArray(image) || image.rank !== 4) return [element]
  return rowsOfArray(image).map((row, i) =>
    Object.fromEntries(Object.entries(parts ?? {}).map(([key, part]) => [key, key === 'image' ? row : rowOf(part, i)])),
  )
}

function rowsOfArray(array: NdArray): NdArray[] {
  return Array.from({ length: array.shape[0] }, (_, i) => array.row(i) as NdArray)
}

function rowOf(part: unknown, i: number): unknown {
  return isNdArray(part) && part.rank > 0 ? part.row(i) : part
}
