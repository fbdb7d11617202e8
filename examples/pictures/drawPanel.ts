import type { Canvas } from '@napi-rs/canvas'
import type { Chart, ChartConfiguration, ChartDataset } from 'chart.js'
import { canvasModule, colors, font, fontFamily, writeLine } from './canvas.ts'
import { lookOf, type Curve } from './curve.ts'
import { isLogMark, type AxisRange, type CurvePoint } from './curveData.ts'

/** A chart with one quantity, most often training steps, to the right and one upwards. */
export interface Panel {
  /** The quantity and its unit. */
  readonly label: string
  readonly axis: AxisRange
  readonly steps: { readonly min: number; readonly max: number }
  /** What is to the right; `training step` by default. */
  readonly xLabel?: string
  readonly curves: readonly Curve[]
  /** Whether the numbers of the steps stand below it. */
  readonly showSteps: boolean
}

/** Pixels from the left edge of the canvas to the axis of a panel, the same for all so that their steps line up. */
export const axisLeft = 104
/** Pixels from the end of the step axis to the right edge of the canvas. */
export const axisRight = 36

const padding = 12
const title = { color: colors.ink, font: { family: fontFamily, size: 17 } } as const
const ticks = { color: colors.faded, font: { family: fontFamily, size: 15 } } as const

/** Draws `panel` over the whole width of `canvas`, from `y` pixels down. */
export async function drawPanel(canvas: Canvas, panel: Panel, place: { y: number; height: number }): Promise<void> {
  const [{ createCanvas }, { Chart }] = await Promise.all([canvasModule(), import('chart.js/auto')])
  const own = createCanvas(canvas.width, place.height)
  const chart = new Chart(own.getContext('2d'), configuration(panel))
  if (!panel.curves.some(({ points }) => points.some(({ y }) => Number.isFinite(y)))) noteEmpty(own, chart)
  canvas.getContext('2d').drawImage(own, 0, place.y)
  chart.destroy()
}

function configuration(panel: Panel): ChartConfiguration<'line', CurvePoint[]> {
  return {
    type: 'line',
    data: { datasets: panel.curves.map(dataset) },
    options: {
      animation: false,
      responsive: false,
      devicePixelRatio: 1,
      locale: 'en-US',
      normalized: true,
      parsing: false,
      layout: { padding: { left: padding, right: axisRight, top: padding, bottom: padding } },
      scales: { x: stepScale(panel), y: valueScale(panel) },
      plugins: { legend: { display: false } },
    },
  }
}

function dataset(curve: Curve): ChartDataset<'line', CurvePoint[]> {
  const look = lookOf(curve)
  return {
    label: curve.name,
    data: [...curve.points],
    borderColor: look.color,
    borderWidth: look.lineWidth,
    borderJoinStyle: 'round',
    pointRadius: look.markRadius,
    pointBackgroundColor: look.markFill,
    pointBorderColor: look.color,
    pointBorderWidth: 2,
    // Marks and broad lines that lie on the frame are drawn whole.
    clip: look.markRadius === 0 ? look.lineWidth / 2 : 7,
    // A lower order is drawn later: marks over lines over noise.
    order: ['marks', 'line', 'band', 'noise'].indexOf(curve.style),
  }
}

function stepScale({ steps, showSteps, xLabel = 'training step' }: Panel) {
  return {
    type: 'linear',
    ...steps,
    title: { ...title, display: showSteps, text: xLabel },
    ticks: { ...ticks, display: showSteps, maxRotation: 0, precision: 0, includeBounds: false },
    grid: { color: colors.rule, drawTicks: showSteps },
    border: { color: colors.axis },
  } as const
}

function valueScale({ label, axis }: Panel) {
  const { min = 1, max = 1 } = axis
  const logTicks = { autoSkip: false, callback: (value: number | string) => logLabel(Number(value), max / min) }
  return {
    ...axis,
    title: { ...title, display: true, text: label },
    ticks: axis.type === 'logarithmic' ? { ...ticks, ...logTicks } : ticks,
    grid: { color: colors.rule },
    border: { color: colors.axis },
    afterFit: (scale: { width: number }) => {
      scale.width = axisLeft - padding
    },
  } as const
}

/** The number at a grid line of a logarithmic axis; null for no number and no line. */
function logLabel(value: number, span: number): string | null {
  return isLogMark(value, span < 5e3 ? [1, 2, 5] : [1]) ? String(Number(value.toPrecision(1))) : null
}

function noteEmpty(canvas: Canvas, { chartArea: { left, right, top, bottom } }: Chart): void {
  const place = { x: (left + right) / 2, y: (top + bottom) / 2 - 9, maxWidth: right - left, align: 'center' } as const
  writeLine(canvas, 'nothing measured yet', { ...place, font: font(17), color: colors.faded })
}
