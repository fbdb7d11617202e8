import { median } from '../median.ts'
import type { Result } from '../run.ts'
import { barKind } from './barKind.ts'
import { line, places, plotWidth, text, type Panel } from './svg.ts'

const [left, right] = [76, plotWidth - 24]
const [headHeight, plotHeight, footHeight] = [30, 170, 58]
const megabyte = 1e6

/**
 * Memory over a run, a curve for each side of the case that has one; and a dashed line where the growth asked for would
 * have it, above the first curve's first half.
 *
 * @param asked bytes of growth that are allowed, where that is known
 */
export function memoryPanel({ name, timings }: Result, asked: number | undefined): Panel {
  const curves = timings.flatMap(({ name: side, series }) => (series === undefined ? [] : [{ side, series }]))
  const [first] = curves
  const limit = asked === undefined ? undefined : median(first.series.slice(0, first.series.length >> 1)) + asked
  const most = 1.05 * Math.max(...curves.flatMap(({ series }) => series), limit ?? 0)
  const draw = (y: number): string => {
    const bottom = y + headHeight + plotHeight
    const height = (bytes: number): number => bottom - (plotHeight * bytes) / most
    const ticks = memoryTicks(most).map(
      (tick) =>
        line([left, height(tick)], [right, height(tick)], 'line') +
        text(left - 8, height(tick) + 4, 'faded end', `${tick / megabyte} MB`),
    )
    const paths = curves.map(({ side, series }, i) => {
      const points = series.map((bytes, look) => {
        const x = left + ((right - left) * look) / Math.max(1, series.length - 1)
        return `${places(x)},${places(height(bytes))}`
      })
      return `<polyline points="${points.join(' ')}" class="${curveKind(side, i)}-curve"${dashes(i)}/>`
    })
    const names = curves.map(({ side }, i) => {
      const x = left + (i % 2) * 430
      const at = bottom + 36 + Math.floor(i / 2) * 18
      const sample = `<line x1="${x}" y1="${at - 4}" x2="${x + 24}" y2="${at - 4}" class="${curveKind(side, i)}-curve"${dashes(i)}/>`
      return sample + text(x + 32, at, 'faded', side)
    })
    return [
      text(16, y + 16, 'heading', name),
      ...ticks,
      ...paths,
      ...(limit === undefined ? [] : [asking(height(limit), asked ?? 0)]),
      text(left, bottom + 16, 'faded', 'begin'),
      text(right, bottom + 16, 'faded end', 'end of the run'),
      ...names,
    ].join('\n')
  }
  return { height: headHeight + plotHeight + footHeight + Math.max(0, Math.ceil(curves.length / 2) - 1) * 18, draw }
}

function asking(y: number, asked: number): string {
  const words = text(right, y - 5, 'faded end', `${asked / megabyte} MB more than in the first half`)
  return `<line x1="${left}" y1="${places(y)}" x2="${right}" y2="${places(y)}" class="axis" stroke-dasharray="6 4"/>${words}`
}

/** What the process has is a full line; what V8 holds of it a dashed one. */
const dashes = (curve: number): string => (curve % 2 === 0 ? '' : ' stroke-dasharray="2 3"')
const curveKind = (side: string, curve: number): string => (curve < 2 ? 'ours' : barKind(side, curve))

function memoryTicks(most: number): number[] {
  const step = [5, 10, 20, 50, 100, 200, 500].find((one) => most / (one * megabyte) <= 6) ?? 1000
  return Array.from({ length: Math.floor(most / (step * megabyte)) + 1 }, (_, i) => i * step * megabyte)
}
