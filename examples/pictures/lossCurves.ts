import { colors, font, sheet, writeLine } from './canvas.ts'
import type { Curve } from './curve.ts'
import { accuracyAxis, lossAxis, smooth, smoothingRadius, stepAxis } from './curveData.ts'
import type { AxisRange, CurvePoint } from './curveData.ts'
import { axisLeft, axisRight, drawPanel, type Panel } from './drawPanel.ts'
import { drawLegend } from './legend.ts'
import { writePng } from './writePng.ts'

/** What was measured at one training step. A value that is left out, NaN or infinite makes a gap in its curve. */
export interface Measure {
  /** Training steps done by then, counted over all epochs. */
  readonly step: number
  /** Mean loss of an example. */
  readonly loss?: number | undefined
  /** Share of examples read rightly, 0 to 1. */
  readonly accuracy?: number | undefined
}

/** The measures of one data set in one training; it has a colour of its own. */
export interface Series {
  /** Its name in the legend. */
  readonly name: string
  /** `training`: many noisy measures, drawn thin under a smoothed line. `validation`: few, each with a mark. */
  readonly kind: 'training' | 'validation'
  /** Its measures, in any order; none is fine. */
  readonly measures: readonly Measure[]
}

/** What lossCurves draws. */
export interface LossCurvesOptions {
  readonly title: string
  /** A smaller line under the title. None by default. */
  readonly subtitle?: string
  /** What the loss is, with its unit, as in `cross-entropy (nats)`. `loss` by default. */
  readonly lossLabel?: string
  readonly series: readonly Series[]
}

const width = 1200
const height = 900
const margin = 28

/**
 * Draws how a training went as a PNG of 1200 x 900 pixels: the loss above, the accuracy in percent below, over the
 * training steps. The same input gives the same bytes, on a machine without fonts too.
 *
 * @param path the file to write; its folder is made where it is missing, and nobody sees the file half written
 * @throws the named error of the file system where the file cannot be written
 *
 * @example
 * await lossCurves('runs/mnist/curves.png', {
 *   title: 'MNIST',
 *   series: [{ name: 'training', kind: 'training', measures: [{ step: 1, loss: 2.3, accuracy: 0.11 }] }],
 * })
 */
export async function lossCurves(path: string, options: LossCurvesOptions): Promise<void> {
  const { title, subtitle = '', lossLabel = 'loss', series } = options
  const canvas = await sheet(width, height)
  const maxWidth = width - 2 * margin
  writeLine(canvas, title, { x: margin, y: 50, maxWidth, font: font(28, 600), color: colors.ink })
  writeLine(canvas, subtitle, { x: margin, y: 80, maxWidth, font: font(17), color: colors.faded })
  const steps = stepAxis(series.flatMap(({ measures }) => measures.map(({ step }) => step)))
  const loss = curvesOf(series, ({ loss = NaN }) => loss)
  const accuracy = curvesOf(series, ({ accuracy = NaN }) => 100 * accuracy)
  const legendY = subtitle === '' ? 88 : 114
  drawLegend(canvas, loss, { x: axisLeft, y: legendY, maxWidth: width - axisLeft - axisRight })
  const topPanel = { y: legendY + 10, height: 490 - legendY }
  const bottomPanel = { y: 508, height: height - 508 }
  await drawPanel(canvas, { ...panel(lossLabel, loss, lossAxis), steps, showSteps: false }, topPanel)
  await drawPanel(canvas, { ...panel('accuracy (%)', accuracy, accuracyAxis), steps, showSteps: true }, bottomPanel)
  await writePng(path, canvas)
}

function curvesOf(series: readonly Series[], valueOf: (measure: Measure) => number): Curve[] {
  return series.flatMap(({ name, kind, measures }, color): Curve[] => {
    const points = measures
      .map((measure): CurvePoint => ({ x: measure.step, y: valueOf(measure) }))
      .sort((a, b) => a.x - b.x)
      .map(({ x, y }) => ({ x, y: Number.isFinite(y) ? y : NaN }))
    const radius = kind === 'training' ? smoothingRadius(points.length) : 0
    if (radius === 0) return [{ name, color, style: kind === 'training' ? 'line' : 'marks', points }]
    const means = smooth(
      points.map(({ y }) => y),
      radius,
    )
    const smoothed = points.map(({ x }, i) => ({ x, y: means[i] }))
    return [
      { name, color, style: 'noise', points },
      { name: `${name}, smoothed`, color, style: 'line', points: smoothed },
    ]
  })
}

function panel(
  label: string,
  curves: readonly Curve[],
  axisOf: (noisy: readonly number[], clean: readonly number[]) => AxisRange,
): Pick<Panel, 'label' | 'curves' | 'axis'> {
  const values = (noise: boolean) =>
    curves.filter(({ style }) => (style === 'noise') === noise).flatMap(({ points }) => points.map(({ y }) => y))
  return { label, curves, axis: axisOf(values(true), values(false)) }
}
