import { InvalidArgumentError, writeAtomically } from '../../index.ts'
import {
  contactSheet,
  encodePng,
  imageStatistics,
  labelHistogram,
  type Augment,
  type ImageStatistics,
} from '../../image/index.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { PreviewOptions } from './command.ts'
import { openPictures, type Pictures } from './pictures.ts'

/** The changes that `--augment` shows. */
const augment: Augment = {
  crop: { areaRange: [0.4, 1] },
  flipLeftRight: true,
  brightness: 0.15,
  contrast: [0.8, 1.2],
  saturation: [0.8, 1.2],
}

/** Draws the pictures of a folder or file, and prints what they are like. */
export async function preview(path: string, options: PreviewOptions, terminal: Terminal): Promise<void> {
  const pictures = await openPictures(path, options)
  const { count, columns, size: cellSize, seed, limit, histogram } = options
  const counts = await pictures.counts()
  if (histogram !== undefined && counts === undefined) {
    throw new InvalidArgumentError(`preview: --histogram counts labels, and ${path} has none.`)
  }
  const sheet = await contactSheet(pictures.elements(), {
    count,
    cellSize,
    seed,
    classNames: pictures.classNames,
    ...(columns !== undefined && { columns }),
    ...(options.augment && { augment: await augmentFor(pictures), variants: 4 }),
  })
  await write(options.output, await encodePng(sheet))
  const statistics = await imageStatistics(pictures.elements(), { limit })
  if (histogram !== undefined && counts !== undefined) await write(histogram, await encodePng(labelHistogram(counts)))
  const result = { path, pictures: pictures.length ?? null, counts: counts ?? null, statistics, sheet: options.output }
  if (options.json) printLine(terminal, JSON.stringify(result, null, 2))
  else for (const line of linesOf(path, pictures, counts, statistics, options)) printLine(terminal, line)
}

/** Saturation is of colour alone. */
async function augmentFor(pictures: Pictures): Promise<Augment> {
  for await (const { image } of pictures.elements()) {
    const { saturation, ...gray } = augment
    return image.shape[2] === 3 ? { ...gray, ...(saturation && { saturation }) } : gray
  }
  return augment
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await writeAtomically(path, bytes)
}

function linesOf(
  path: string,
  { length }: Pictures,
  counts: Readonly<Record<string, number>> | undefined,
  { images, height, width, channels }: ImageStatistics,
  { output, histogram }: PreviewOptions,
): string[] {
  const classes = Object.entries(counts ?? {})
  const lines = [
    `${path}: ${length ?? 'an unknown number of'} ${length === 1 ? 'picture' : 'pictures'}${classes.length > 0 ? ` in ${classes.length} classes` : ''}`,
  ]
  const longest = Math.max(0, ...classes.map(([name]) => name.length))
  const most = Math.max(1, ...classes.map(([, count]) => count))
  for (const [name, count] of classes) {
    lines.push(`  ${name.padEnd(longest)}  ${'#'.repeat(Math.ceil((30 * count) / most)).padEnd(30)}  ${count}`)
  }
  lines.push(`  ${span(height)} x ${span(width)} pixels (height x width, of ${images})`)
  channels.forEach(({ mean, std, min, max }, c) => {
    lines.push(`  channel ${c}: mean ${mean.toFixed(2)}, deviation ${std.toFixed(2)}, ${min} to ${max}`)
  })
  return [...lines, output, ...(histogram !== undefined && classes.length > 0 ? [histogram] : [])]
}

function span([least, most]: readonly [number, number]): string {
  return least === most ? String(least) : `${least}..${most}`
}
