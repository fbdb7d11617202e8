/* Draws architecture.svg, the diagram of docs/architecture.md: `node docs/images/architecture.js`. */
import { writeFileSync } from 'node:fs'

const [width, height] = [860, 470]
const parts = []

/** A box with a title and lines of text below it. */
function box(x, y, w, h, title, lines = [], tone = 'room') {
  parts.push(`<rect class="${tone}" x="${x}" y="${y}" width="${w}" height="${h}" rx="8"/>`)
  parts.push(`<text class="title" x="${x + 14}" y="${y + 24}">${title}</text>`)
  lines.forEach((line, i) => parts.push(`<text x="${x + 14}" y="${y + 46 + 19 * i}">${line}</text>`))
}

/** An arrow through points, with a word beside its middle. */
function arrow(points, word = '', dx = 8, dy = -6) {
  parts.push(`<polyline points="${points.map((point) => point.join(',')).join(' ')}" marker-end="url(#head)"/>`)
  const [[x1, y1], [x2, y2]] = points.slice(points.length / 2 - 1)
  if (word !== '') parts.push(`<text class="word" x="${(x1 + x2) / 2 + dx}" y="${(y1 + y2) / 2 + dy}">${word}</text>`)
}

box(20, 20, 250, 106, 'Plan', [
  'range → map → shuffle → batch',
  'stages: frozen data, no I/O',
  'every argument checked',
])
box(305, 20, 250, 106, 'Optimizer', [
  'fuses maps, gathers batches,',
  'parses records into columns;',
  'elements and states stay',
])
box(590, 20, 250, 106, 'Run', ['a cursor a stage, pulled by the', 'consumer: an element, END,', 'or a promise of one'])
arrow([
  [270, 73],
  [303, 73],
])
arrow([
  [555, 73],
  [588, 73],
])

box(
  20,
  180,
  250,
  106,
  'Sources',
  ['files, URLs, streams, slices:', 'a chunk ahead, checksums,', 'views without a copy'],
  'source',
)
box(
  305,
  180,
  250,
  106,
  'Worker threads',
  ['blocks of a map, or a whole', 'pipeline each; batches are', 'written once, to shared memory'],
  'worker',
)
box(
  590,
  180,
  250,
  106,
  'Batch',
  ['typed arrays with shape and', 'dtype; release(batch) gives its', 'memory to a later one'],
  'batch',
)
arrow(
  [
    [715, 126],
    [715, 178],
  ],
  'pull',
)
arrow([
  [270, 233],
  [303, 233],
])
arrow([
  [555, 233],
  [588, 233],
])

box(
  20,
  340,
  250,
  106,
  'State',
  ['iterator.save(): places, no data;', 'the same for every number of', 'workers and any optimizer'],
  'state',
)
box(
  305,
  340,
  250,
  106,
  'Observer, tuner, memory',
  ['profile() and the watchdog,', 'AUTOTUNE, a cap in bytes;', 'nothing where none is asked for'],
  'state',
)
box(
  590,
  340,
  250,
  106,
  'Training step',
  ['fit: a tensor a field for one', 'step; the checkpoint holds the', 'state of the iterator'],
  'batch',
)
arrow(
  [
    [715, 286],
    [715, 338],
  ],
  'batch',
)
arrow([
  [588, 393],
  [557, 393],
])
arrow([
  [305, 393],
  [272, 393],
])

const style = `
text { font: 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; }
.title { font-weight: 600; font-size: 15px; }
.word { fill: #57606a; font-size: 13px; }
rect { stroke-width: 1.5; }
.room { fill: #eef4fb; stroke: #6a9fd4; }
.source { fill: #eef7ee; stroke: #74b074; }
.worker { fill: #fdf3e3; stroke: #d9a441; }
.batch { fill: #f6effa; stroke: #a784c4; }
.state { fill: #f4f5f6; stroke: #98a1ab; }
polyline { fill: none; stroke: #57606a; stroke-width: 1.5; }
marker path { fill: #57606a; }`

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>How a pipeline runs: plan, optimizer and run; sources, workers and batches; state, measuring and training</title>
<style>${style}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>
<rect x="0" y="0" width="${width}" height="${height}" fill="#ffffff" rx="10"/>
${parts.join('\n')}
</svg>
`
writeFileSync(new URL('architecture.svg', import.meta.url), svg)
