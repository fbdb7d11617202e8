import { buildIndex } from '../../tfrecord/index.ts'
import { progressBar } from '../progress.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { JsonOptions } from '../options.ts'
import { pathsOf, sizeOf } from './eachRecord.ts'
import { recordsText } from './recordsText.ts'

/** Writes the index of each file. */
export async function index(files: readonly string[], options: JsonOptions, terminal: Terminal): Promise<void> {
  const results: { file: string; index: string; records: number }[] = []
  for (const file of await pathsOf(files)) {
    const result = { file, index: `${file}.index`, records: await build(file, terminal) }
    results.push(result)
    if (!options.json) printLine(terminal, `${result.index}: ${recordsText(result.records)}`)
  }
  if (options.json) printLine(terminal, JSON.stringify(results, null, 2))
}

async function build(file: string, terminal: Terminal): Promise<number> {
  const bar = progressBar(terminal, await sizeOf(file), 'bytes')
  try {
    return await buildIndex(file, { onProgress: (bytes) => bar.to(bytes) })
  } finally {
    bar.stop()
  }
}
