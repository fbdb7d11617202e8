import { checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { isStructure } from '../ndarray/element.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { letterSize, textWidth } from './pixelFont.ts'
import { faded, palette, Sheet } from './sheet.ts'

/** Options of `labelHistogram`. */
export interface LabelHistogramOptions {
  /** Pixels of the longest bar; 320 by default. */
  readonly barLength?: number
}

/**
 * Draws how many elements each class has, as bars: those of `table.classCounts()`, or counted by hand.
 *
 * @param counts numbers by name, in the order from top to bottom
 * @returns uint8 [height, width, 3]
 * @example
 * await writeFile('classes.png', await encodePng(labelHistogram((await imageTable('flower_photos')).classCounts())))
 * @throws InvalidArgumentError where there is no class, or what is no count
 */
export function labelHistogram(
  counts: Readonly<Record<string, number>>,
  options: LabelHistogramOptions = {},
): NdArray<'uint8', 3> {
  checkOptions('labelHistogram', options, ['barLength'])
  const barLength = checkCount('labelHistogram', 'barLength', options.barLength ?? 320, { min: 1 })
  if (!isStructure(counts) || Array.isArray(counts)) {
    throw wrongArgument('labelHistogram', 'counts', 'numbers by name, such as table.classCounts()', counts)
  }
  const rows = Object.entries(counts)
  if (rows.length === 0) throw new InvalidArgumentError('labelHistogram: there is no class.')
  for (const [name, count] of rows) {
    if (!(Number.isFinite(count) && count >= 0))
      throw wrongArgument('labelHistogram', name, 'a number of at least 0', count)
  }
  const nameWidth = Math.min(240, Math.max(...rows.map(([name]) => textWidth(name))))
  const most = Math.max(...rows.map(([, count]) => count), 1)
  const countWidth = Math.max(...rows.map(([, count]) => textWidth(String(count))))
  const left = margin + nameWidth + gap
  const sheet = new Sheet(left + barLength + gap + countWidth + margin, 2 * margin + rows.length * rowHeight - gap)
  rows.forEach(([name, count], i) => {
    const y = margin + i * rowHeight
    const text = y + Math.floor((rowHeight - gap - letterSize.height) / 2) + 1
    const length = Math.max(count > 0 ? 1 : 0, Math.round((barLength * count) / most))
    sheet.text(margin + nameWidth - Math.min(nameWidth, textWidth(name)), text, name, { maxWidth: nameWidth })
    sheet.fill(left, y, length, rowHeight - gap, palette[0])
    sheet.text(left + length + gap, text, String(count), { color: faded })
  })
  return sheet.image()
}

const margin = 12
const gap = 6
const rowHeight = 20
