import { createRequire } from 'node:module'
import type * as CanvasLibrary from '@napi-rs/canvas'
import type { Canvas } from '@napi-rs/canvas'

/** Ink and paper of every picture. */
export const colors = { paper: '#ffffff', ink: '#1b1f24', faded: '#5b6470', rule: '#e4e7eb', axis: '#9aa3ad' } as const

/** Okabe and Ito's palette, which people with any common kind of colour blindness tell apart. */
export const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const

// An alias that no system has, so that a machine with its own Inter, or with no font at all, draws the same picture.
export const fontFamily = 'Inter of the pictures'

const fontFiles = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf']

type CanvasModule = typeof CanvasLibrary
let loading: Promise<CanvasModule> | undefined

/** The canvas library with its font, loaded on the first call: training should not wait for 35 MB it may never need. */
export function canvasModule(): Promise<CanvasModule> {
  loading ??= load()
  return loading
}

/** An empty sheet of `width` by `height` pixels. */
export async function sheet(width: number, height: number): Promise<Canvas> {
  const { createCanvas } = await canvasModule()
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = colors.paper
  context.fillRect(0, 0, width, height)
  return canvas
}

/** The CSS font of `size` pixels. */
export function font(size: number, weight: 400 | 600 = 400): string {
  return `${weight} ${size}px "${fontFamily}"`
}

/** Writes one line of text with its baseline at `y`, squeezed where it is wider than `maxWidth` pixels. */
export function writeLine(
  canvas: Canvas,
  text: string,
  place: { x: number; y: number; maxWidth: number; font: string; color: string; align?: 'left' | 'center' },
): void {
  const context = canvas.getContext('2d')
  context.font = place.font
  context.fillStyle = place.color
  context.textAlign = place.align ?? 'left'
  context.textBaseline = 'alphabetic'
  context.fillText(text, place.x, place.y, place.maxWidth)
}

async function load(): Promise<CanvasModule> {
  const canvas = await import('@napi-rs/canvas')
  const { resolve } = createRequire(import.meta.url)
  for (const file of fontFiles) {
    const path = resolve(`@expo-google-fonts/inter/${file}`)
    if (canvas.GlobalFonts.registerFromPath(path, fontFamily) === null) throw new Error(`cannot use the font ${path}.`)
  }
  return canvas
}
