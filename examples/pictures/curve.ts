import { colors, palette } from './canvas.ts'
import type { CurvePoint } from './curveData.ts'

/** One curve of a panel, its points from left to right. */
export interface Curve {
  readonly name: string
  /** Index of its colour in the palette. */
  readonly color: number
  /** `noise` is thin and pale, `band` broad and pale, `line` is bold, `marks` is a line with a ring at each point. */
  readonly style: 'noise' | 'band' | 'line' | 'marks'
  readonly points: readonly CurvePoint[]
}

/** How a curve is drawn, in its panel and in the legend; sizes in pixels. */
export interface CurveLook {
  readonly color: string
  readonly lineWidth: number
  /** 0 for no marks. */
  readonly markRadius: number
  readonly markFill: string
}

const markRadius = 4.5
const fewPoints = 30

export function lookOf({ color, style, points }: Curve): CurveLook {
  const ink = palette[color % palette.length]
  if (style === 'noise') return { color: `${ink}59`, lineWidth: 1, markRadius: 0, markFill: ink }
  if (style === 'band') return { color: `${ink}66`, lineWidth: 9, markRadius: 0, markFill: ink }
  if (style === 'marks') return { color: ink, lineWidth: 2.5, markRadius, markFill: colors.paper }
  // A single point makes no line: without marks it would not be seen.
  return { color: ink, lineWidth: 2.5, markRadius: points.length < fewPoints ? markRadius : 0, markFill: ink }
}
