import type { Canvas } from '@napi-rs/canvas'
import { font } from './canvas.ts'

/** Where everything lies on a sheet of pictures, in pixels. */
export interface SheetGrid {
  readonly width: number
  readonly height: number
  readonly columns: number
  /** A picture and its caption. */
  readonly cell: { readonly width: number; readonly height: number }
  /** A picture enlarged `scale` times, a whole number, so that its pixels stay alike. */
  readonly picture: { readonly width: number; readonly height: number; readonly scale: number }
  readonly captionLines: 1 | 2
}

interface Reading {
  readonly truth: number | string
  readonly guess: number | string
  readonly confidence: number
}

export const margin = 28
export const captionFont = font(14)
export const captionLine = 20

const header = 106
const gap = 18
const pictureSide = 150
const widestLine = 200
const narrowestSheet = 560

/** Lays out `readings` with pictures of `width` by `height` pixels; `canvas` serves to measure captions. */
export function sheetGrid(readings: readonly Reading[], width: number, height: number, canvas: Canvas): SheetGrid {
  const context = canvas.getContext('2d')
  context.font = captionFont
  const widest = (lines: 1 | 2) =>
    Math.ceil(
      Math.max(0, ...readings.flatMap((one) => captionOf(one, lines)).map((line) => context.measureText(line).width)),
    )
  const captionLines = widest(1) <= widestLine ? 1 : 2
  const scale = Math.max(1, Math.floor(pictureSide / Math.max(width, height)))
  const picture = { width: width * scale, height: height * scale, scale }
  const cell = {
    width: Math.max(picture.width, Math.min(widestLine, widest(captionLines))),
    height: picture.height + captionLines * captionLine + 8,
  }
  const columns = Math.min(8, Math.ceil(Math.sqrt(readings.length)))
  const rows = columns === 0 ? 0 : Math.ceil(readings.length / columns)
  return {
    width: Math.max(narrowestSheet, 2 * margin + columns * (cell.width + gap) - gap),
    height: header + (rows === 0 ? 0 : rows * (cell.height + gap) - gap + margin),
    ...{ columns, cell, picture, captionLines },
  }
}

/** The upper left corner of cell `i`, counted row by row. */
export function cellAt({ columns, cell }: SheetGrid, i: number): { x: number; y: number } {
  return {
    x: margin + (i % columns) * (cell.width + gap),
    y: header + Math.floor(i / columns) * (cell.height + gap),
  }
}

/** The caption of a picture, in one line or two. */
export function captionOf({ truth, guess, confidence }: Reading, lines: 1 | 2): string[] {
  const surely = Number.isFinite(confidence) ? ` (${Math.round(100 * confidence)}%)` : ''
  const parts = [`true ${truth}`, `read as ${guess}${surely}`]
  return lines === 1 ? [parts.join(', ')] : [`${parts[0]},`, parts[1]]
}
