/** Width of every plot, in pixels. */
export const plotWidth = 960

/** A part of a plot: what is drawn below `y`, and how high it is. */
export interface Panel {
  readonly height: number
  draw(y: number): string
}

/** Colours of a light and of a dark page; the plot brings its own background, so that both go together. */
const light = {
  ...{ page: '#ffffff', ink: '#1f2328', faded: '#59636e', line: '#d1d9e0' },
  ...{ ours: '#0969da', variant: '#80b6f5', limit: '#8c959f', peer: '#e16f24', reached: '#1a7f37', short: '#cf222e' },
}
const dark: typeof light = {
  ...{ page: '#0d1117', ink: '#f0f6fc', faded: '#9198a1', line: '#3d444d' },
  ...{ ours: '#4493f8', variant: '#2a5a9c', limit: '#656c76', peer: '#db6d28', reached: '#3fb950', short: '#f85149' },
}

/** Panels one below the other as an SVG file. */
export function svgDocument(title: string, panels: readonly Panel[]): string {
  const margin = 16
  let y = margin
  const parts = panels.map((panel) => {
    const drawn = panel.draw(y)
    y += panel.height
    return drawn
  })
  const height = Math.ceil(y + margin)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${plotWidth} ${height}" width="${plotWidth}" height="${height}" role="img">
<title>${escapeText(title)}</title>
<style>
text { font: 13px -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: ${light.ink}; }
.heading { font-weight: 600; font-size: 14px; } .end { text-anchor: end; } .middle { text-anchor: middle; }
${rules(light)}
@media (prefers-color-scheme: dark) {
text { fill: ${dark.ink}; }
${rules(dark)}
}
</style>
<rect class="page" width="${plotWidth}" height="${height}" rx="6"/>
${parts.join('\n')}
</svg>
`
}

function rules({ line, faded, ...colors }: typeof light): string {
  const fills = Object.entries({ ...colors, faded }).map(([name, color]) => `.${name} { fill: ${color}; }`)
  const strokes = [`.line { stroke: ${line}; }`, `.axis { stroke: ${faded}; }`]
  const curves = ['ours', 'variant', 'limit', 'peer'].map(
    (name) => `.${name}-curve { stroke: ${colors[name as keyof typeof colors]}; fill: none; stroke-width: 1.5; }`,
  )
  const hollow = ['reached', 'short'].map(
    (name) => `.${name}-mark { stroke: ${colors[name as keyof typeof colors]}; stroke-width: 2; }`,
  )
  return [...fills, ...strokes, ...curves, ...hollow].join('\n')
}

/** A line of text; `classes` are those of the style sheet. */
export function text(x: number, y: number, classes: string, content: string): string {
  return `<text x="${places(x)}" y="${places(y)}" class="${classes}">${escapeText(content)}</text>`
}

/** A line between two points. */
export function line(from: readonly [number, number], to: readonly [number, number], classes: string): string {
  const [x1, y1, x2, y2] = [...from, ...to].map(places)
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${classes}"/>`
}

/** A number with a digit after the point at most. */
export function places(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escapeText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
