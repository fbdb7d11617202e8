import type { Canvas } from '@napi-rs/canvas'
import { colors, font, writeLine } from './canvas.ts'
import { lookOf, type Curve } from './curve.ts'

const fontSize = 17
const stroke = 34
const strokeGap = 10
const gap = 28

/** Draws one row that names the curves, its text centred on `y`, smaller where it would be wider than `maxWidth`. */
export function drawLegend(
  canvas: Canvas,
  curves: readonly Curve[],
  { x, y, maxWidth }: { x: number; y: number; maxWidth: number },
): void {
  const context = canvas.getContext('2d')
  context.font = font(fontSize)
  const textWidths = curves.map(({ name }) => context.measureText(name).width)
  const widths = textWidths.map((width) => stroke + strokeGap + width + gap)
  const total = widths.reduce((sum, width) => sum + width, -gap)
  const shrink = Math.min(1, maxWidth / total)
  context.save()
  context.translate(x, y)
  context.scale(shrink, shrink)
  for (const [i, curve] of curves.entries()) {
    drawSample(canvas, curve)
    const place = { x: stroke + strokeGap, y: fontSize * 0.36, maxWidth: textWidths[i] + 1 }
    writeLine(canvas, curve.name, { ...place, font: font(fontSize), color: colors.ink })
    context.translate(widths[i], 0)
  }
  context.restore()
}

function drawSample(canvas: Canvas, curve: Curve): void {
  const { color, lineWidth, markRadius, markFill } = lookOf(curve)
  const context = canvas.getContext('2d')
  context.strokeStyle = color
  // A thin pale line is seen as a mass in the panel, but would hardly be seen alone.
  context.lineWidth = Math.max(2, lineWidth)
  context.beginPath()
  context.moveTo(0, 0)
  context.lineTo(stroke, 0)
  context.stroke()
  if (markRadius === 0) return
  context.fillStyle = markFill
  context.lineWidth = 2
  context.beginPath()
  context.arc(stroke / 2, 0, markRadius, 0, 2 * Math.PI)
  context.fill()
  context.stroke()
}
