import { ratioScale } from './ratioScale.ts'
import { line, places, plotWidth, text, type Panel } from './svg.ts'

/** Whose a bar is, which is its colour: ours, another setting of ours, what nobody does without, a peer. */
export type BarKind = 'ours' | 'variant' | 'limit' | 'peer'

/** A bar of a panel. */
export interface Bar {
  readonly label: string
  /** Its length, as a ratio. */
  readonly ratio: number
  /** What is written behind it. */
  readonly value: string
  readonly kind: BarKind
  /** What is asked, as ratios, and whether it is reached. */
  readonly marks?: readonly { readonly at: number; readonly reached: boolean }[]
}

const [left, right] = [390, plotWidth - 150]
/** Of the value's letters, about. */
const letterWidth = 7
const [headHeight, rowHeight, barHeight, axisHeight] = [30, 24, 14, 34]

/**
 * Bars below each other, with a line at 1.
 *
 * @param caption what the ratios are
 */
export function barPanel(title: string, caption: string, bars: readonly Bar[]): Panel {
  const drawn = bars.filter(({ ratio }) => ratio > 0 && Number.isFinite(ratio))
  const marks = drawn.flatMap((bar) => bar.marks ?? [])
  const scale = ratioScale([...drawn.map(({ ratio }) => ratio), ...marks.map(({ at }) => at)])
  const x = (ratio: number): number => left + (right - left) * scale.at(ratio)
  const height = headHeight + drawn.length * rowHeight + axisHeight
  const draw = (y: number): string => {
    const top = y + headHeight
    const bottom = top + drawn.length * rowHeight
    const ticks = scale.ticks.map((tick) => {
      const grid = line([x(tick), top], [x(tick), bottom], tick === 1 ? 'axis' : 'line')
      return grid + text(x(tick), bottom + 15, 'faded middle', `${formatTick(tick)}x`)
    })
    const rows = drawn.map((bar, i) => drawBar(bar, top + i * rowHeight, x, scale.origin))
    const scaleName = scale.logarithmic ? `${caption} (logarithmic)` : caption
    const words = text(16, y + 16, 'heading', title) + text(left - 34, bottom + 15, 'faded end', scaleName)
    return [words, ...ticks, ...rows].join('\n')
  }
  return { height, draw }
}

function drawBar(bar: Bar, y: number, x: (ratio: number) => number, origin: number): string {
  const [from, to] = [x(origin), x(bar.ratio)]
  // A bar of no length, as ours on a logarithmic scale, is still to be seen.
  const width = Math.max(3, Math.abs(to - from))
  const start = Math.min(from, to) - (width === 3 ? 1.5 : 0)
  const top = y + (rowHeight - barHeight) / 2
  const shape = `<rect x="${places(start)}" y="${places(top)}" width="${places(width)}" height="${barHeight}" rx="2" class="${bar.kind}"/>`
  const marks = (bar.marks ?? []).map(({ at, reached }) => mark(x(at), top, reached))
  // Behind the bar, or behind a mark that would stand in the words.
  const end = Math.max(from, to)
  const wide = letterWidth * bar.value.length
  const inWords = (bar.marks ?? []).map(({ at }) => x(at)).filter((at) => at > end - 4 && at < end + wide + 12)
  const behind = Math.max(end, ...inWords) + 9
  return [
    text(left - 10, y + rowHeight / 2 + 4, 'end', bar.label),
    shape,
    ...marks,
    text(behind, y + rowHeight / 2 + 4, 'faded', bar.value),
  ].join('')
}

/** A line across the bar; where the target is reached its head is filled, else hollow, so that it needs no colour. */
function mark(x: number, top: number, reached: boolean): string {
  const name = reached ? 'reached' : 'short'
  const head = `<circle cx="${places(x)}" cy="${places(top - 2)}" r="3.5" class="${reached ? 'reached' : 'page'} ${name}-mark"/>`
  return line([x, top - 2], [x, top + barHeight + 3], `${name}-mark`) + head
}

function formatTick(ratio: number): string {
  return ratio >= 1000 ? ratio.toLocaleString('en') : String(Number(ratio.toPrecision(3)))
}

/** What the colours and marks mean. */
export function legendPanel(): Panel {
  const kinds: readonly (readonly [BarKind, string])[] = [
    ['ours', 'millrace'],
    ['variant', 'another setting of it'],
    ['limit', 'by hand, or the raw limit'],
    ['peer', 'a peer'],
  ]
  const draw = (y: number): string => {
    let x = 16
    const boxes = kinds.map(([kind, words]) => {
      const at = x
      x += 44 + words.length * 6
      return `<rect x="${at}" y="${y + 4}" width="12" height="12" rx="2" class="${kind}"/>${text(at + 18, y + 15, 'faded', words)}`
    })
    const marks = [true, false].map((reached) => {
      const at = x + 6
      x += reached ? 130 : 0
      return (
        mark(at, y + 3, reached) + text(at + 12, y + 15, 'faded', reached ? 'asked, reached' : 'asked, short of it')
      )
    })
    return [...boxes, ...marks].join('\n')
  }
  return { height: 26, draw }
}
