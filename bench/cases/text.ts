import { createReadStream, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { gzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { Dataset } from 'millrace'
import type { Case, Side } from '../measure.ts'
import { temporaryFolder } from './temporaryFolder.ts'

const names = Array.from({ length: 10 }, (_, i) => `column${i}`)

/** Opens a case on a file with so many lines, plain and gzipped. */
function onFile(
  content: (lines: number) => string,
  sides: (path: string, lines: number) => readonly Side[],
): Case['open'] {
  return async (quick) => {
    const lines = quick ? 20_000 : 200_000
    const { folder, close } = await temporaryFolder()
    const path = join(folder, 'file')
    const text = content(lines)
    await writeFile(path, text)
    await writeFile(`${path}.gz`, gzipSync(text))
    return { sides: sides(path, lines), close }
  }
}

/** Lines of text of some 50 bytes, in the page cache. */
export const textLines: Case = {
  name: 'text: lines of 50 bytes',
  element: 'line',
  open: onFile(
    (lines) => Array.from({ length: lines }, (_, i) => `line ${i} of a text of fifty bytes or a few more\n`).join(''),
    (path, lines) => [
      { name: 'millrace', run: () => run(Dataset.textLines(path), lines, (line) => line.length) },
      { name: 'hand-written: readFileSync, split', run: () => split(path) },
      { name: 'Node: readline over a stream', run: () => withReadline(path) },
      { name: 'millrace, gzipped', run: () => run(Dataset.textLines(`${path}.gz`), lines, (line) => line.length) },
    ],
  ),
}

/** CSV rows of 10 numbers, in the page cache. */
export const csvRows: Case = {
  name: 'CSV: rows of 10 float32 columns',
  element: 'row',
  open: onFile(
    (lines) => [names.join(','), ...Array.from({ length: lines }, (_, i) => row(i)), ''].join('\n'),
    (path, lines) => [
      { name: 'millrace', run: () => run(csv(names)(path), lines, ({ column9 }) => column9) },
      { name: 'hand-written: readFileSync, split, Number', run: () => splitRows(path) },
      {
        name: 'millrace, one column of the ten',
        run: () => run(csv(['column9'])(path), lines, ({ column9 }) => column9),
      },
      { name: 'millrace, skipped', run: () => run(csv(names)(path).skip(lines), lines, () => 0) },
      { name: 'tfjs-data', run: () => tfjsCsv(path) },
    ],
  ),
}

function csv(selected: readonly string[]): (path: string) => Dataset<Record<string, number>> {
  const columns = Object.fromEntries(selected.map((name) => [name, 'float32'] as const))
  return (path) => Dataset.csv(path, { columns })
}

function row(index: number): string {
  return names.map((_, column) => (((index * 7919 + column * 104_729) % 100_003) / 1000).toFixed(3)).join(',')
}

let used = 0
/** Keeps results in use, so that no side's work is left out by the compiler. */
export const textUsed = () => used

async function run<T>(dataset: Dataset<T>, elements: number, use: (element: T) => number): Promise<number> {
  await dataset.forEach((element) => {
    used += use(element)
  })
  return elements
}

function split(path: string): number {
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.pop()
  for (const line of lines) used += line.length
  return lines.length
}

async function withReadline(path: string): Promise<number> {
  let lines = 0
  for await (const line of createInterface(createReadStream(path))) {
    used += line.length
    lines++
  }
  return lines
}

async function tfjsCsv(path: string): Promise<number> {
  let rows = 0
  const dataset = tf.data.csv(`file://${path}`)
  await dataset.forEachAsync((row) => {
    used += (row as Record<string, number>).column9
    rows++
  })
  return rows
}

function splitRows(path: string): number {
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.pop()
  for (let i = 1; i < lines.length; i++) {
    const fields = lines[i].split(',')
    const row: Record<string, number> = {}
    for (let j = 0; j < names.length; j++) row[names[j]] = Math.fround(Number(fields[j]))
    used += row.column9
  }
  return lines.length - 1
}
