import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { autotune } from './cases/autotune.ts'
import { batching } from './cases/batching.ts'
import { chain } from './cases/chain.ts'
import { parseExamples } from './cases/example.ts'
import { augmenting, resizing } from './cases/imageOperations.ts'
import { operations, randomNumbers } from './cases/operations.ts'
import { packing, splitting } from './cases/packing.ts'
import { balancing, choosing, resampling, sampling } from './cases/sampling.ts'
import { slices } from './cases/slices.ts'
import { csvRows, textLines } from './cases/text.ts'
import { readAndCheck, readCompressed, readLongRecords, readRecords, writeRecords } from './cases/tfrecord.ts'
import { trainingData, trainingStep } from './cases/training.ts'
import {
  workerBatch,
  workerDelay,
  workerMap,
  workerOverhead,
  workerOverlap,
  workerPictures,
  workerStart,
} from './cases/workers.ts'
import { installPeers } from './python/python.ts'
import { measure, type Case, type Timing } from './measure.ts'

/** `npm run bench`: every case, its sides in turn; Markdown on standard output. */
const cases: readonly Case[] = [
  chain,
  slices,
  ...operations,
  randomNumbers,
  ...batching,
  splitting,
  packing,
  sampling,
  choosing,
  resampling,
  balancing,
  readRecords,
  readAndCheck,
  readCompressed,
  readLongRecords,
  writeRecords,
  parseExamples,
  textLines,
  csvRows,
  resizing,
  augmenting,
  ...autotune,
  workerMap,
  ...workerOverhead,
  workerBatch,
  workerDelay,
  workerOverlap,
  workerStart,
  workerPictures,
  trainingData,
  trainingStep,
]

// As in training: what finds mistakes in development is left out.
process.env.NODE_ENV ??= 'production'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    python: { type: 'boolean', default: false },
    json: { type: 'string' },
    rounds: { type: 'string' },
  },
})
if (values.python) installPeers()
const rounds = Number(values.rounds ?? (values.quick ? 1 : 7))
/** How long a side runs in a round, at least. */
const leastMs = 150
const chosen = cases.filter(({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)))

const results: { name: string; element: string; timings: Timing[] }[] = []
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0].model.trim()}, median of ${rounds} rounds\n`)
for (const chosenCase of chosen) {
  const { name, element } = chosenCase
  const opened = await chosenCase.open(values.quick)
  try {
    const timings = await measure(opened.sides, rounds, values.quick ? 0 : leastMs)
    results.push({ name, element, timings })
    print(name, element, timings)
  } finally {
    for (const side of opened.sides) side.close?.()
    await opened.close?.()
  }
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)

function print(name: string, element: string, timings: readonly Timing[]): void {
  console.log(`### ${name}\n\n| | time a ${element} | least to most | times ours |\n|---|---|---|---|`)
  for (const { name: side, median, least, most, ratio } of timings) {
    console.log(`| ${side} | ${time(median)} | ${time(least)} to ${time(most)} | ${ratio.toFixed(2)} |`)
  }
  console.log()
}

function time(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(1)} ns`
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(2)} us`
  return `${(nanoseconds / 1e6).toFixed(1)} ms`
}
