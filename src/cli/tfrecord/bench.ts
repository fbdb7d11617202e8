import { performance } from 'node:perf_hooks'
import { tfrecords } from '../../tfrecord/index.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { BenchOptions } from './command.ts'
import { pathsOf } from './eachRecord.ts'
import { recordsText } from './recordsText.ts'

/** Reads files several times, with checksums and without, and prints the median speed. */
export async function bench(files: readonly string[], options: BenchOptions, terminal: Terminal): Promise<void> {
  const paths = await pathsOf(files)
  const results = []
  for (const checksums of [true, false]) {
    const seconds: number[] = []
    let records = 0
    let bytes = 0
    // The first round warms up.
    for (let round = -1; round < options.rounds; round++) {
      records = bytes = 0
      const began = performance.now()
      await tfrecords(paths, { checksums, numParallelReads: options.parallel }).forEach((record) => {
        records++
        bytes += record.length
      })
      if (round >= 0) seconds.push((performance.now() - began) / 1000)
    }
    const median = seconds.sort((a, b) => a - b)[seconds.length >> 1]
    results.push({
      checksums,
      records,
      bytes,
      seconds: median,
      recordsPerSecond: records / median,
      bytesPerSecond: bytes / median,
    })
  }
  if (options.json) {
    printLine(terminal, JSON.stringify(results, null, 2))
    return
  }
  for (const { checksums, records, seconds, recordsPerSecond, bytesPerSecond } of results) {
    const each = records === 0 ? 0 : (seconds * 1e6) / records
    printLine(
      terminal,
      `${checksums ? 'with' : 'without'} checksums: ${recordsText(records)} in ${seconds.toFixed(3)} s, ` +
        `${recordsPerSecond.toFixed(0)} a second, ${each.toFixed(2)} us each, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s`,
    )
  }
}
