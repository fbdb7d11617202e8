import { colors, font, sheet, writeLine } from './canvas.ts'
import type { Curve } from './curve.ts'
import { type CurvePoint, quantile, stepAxis } from './curveData.ts'
import { axisLeft, axisRight, drawPanel } from './drawPanel.ts'
import { drawLegend } from './legend.ts'
import { writePng } from './writePng.ts'

/** One line of a plot, its points from left to right. */
export interface PlotLine {
  readonly name: string
  readonly points: readonly CurvePoint[]
}

/** What linePlot draws. */
export interface LinePlotOptions {
  readonly title: string
  /** A smaller line under the title. None by default. */
  readonly subtitle?: string
  /** The quantity to the right, with its unit. */
  readonly xLabel: string
  /** The quantity upwards, with its unit. */
  readonly yLabel: string
  /** Whether upwards is a logarithmic axis; false by default. */
  readonly logarithmic?: boolean
  readonly lines: readonly PlotLine[]
}

const width = 1200
const height = 600
const margin = 28

/**
 * Draws lines as a PNG of 1200 x 600 pixels; the first is bold and pale, so that what lies on it is seen. The same input
 * gives the same bytes, on a machine without fonts too.
 *
 * @param path the file to write; its folder is made where it is missing, and nobody sees the file half written
 * @throws the named error of the file system where the file cannot be written
 *
 * @example
 * await linePlot('sine.png', {
 *   title: 'A sine', xLabel: 'time', yLabel: 'sine',
 *   lines: [{ name: 'label', points: [{ x: 0, y: 0 }, { x: 1, y: 0.84 }] }],
 * })
 */
export async function linePlot(path: string, options: LinePlotOptions): Promise<void> {
  const { title, subtitle = '', xLabel, yLabel, logarithmic = false, lines } = options
  const canvas = await sheet(width, height)
  const maxWidth = width - 2 * margin
  writeLine(canvas, title, { x: margin, y: 50, maxWidth, font: font(28, 600), color: colors.ink })
  writeLine(canvas, subtitle, { x: margin, y: 80, maxWidth, font: font(17), color: colors.faded })
  const curves = lines.map(({ name, points }, color): Curve => {
    const style = lines.length > 1 && color === 0 ? 'band' : 'line'
    return { name, color, style, points }
  })
  const legendY = subtitle === '' ? 88 : 114
  drawLegend(canvas, curves, { x: axisLeft, y: legendY, maxWidth: width - axisLeft - axisRight })
  const xs = lines.flatMap(({ points }) => points.map(({ x }) => x))
  const lowest = quantile(
    lines.flatMap(({ points }) => points.map(({ y }) => y)),
    0,
  )
  const range = logarithmic && lowest > 0 ? ({ type: 'logarithmic' } as const) : ({ type: 'linear' } as const)
  const panel = { label: yLabel, axis: range, steps: stepAxis(xs), xLabel, showSteps: true, curves }
  await drawPanel(canvas, panel, { y: legendY + 10, height: height - legendY - 10 })
  await writePng(path, canvas)
}
