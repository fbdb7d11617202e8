import { stat } from 'node:fs/promises'
import { expandRecordFiles, RecordReader, type RecordReaderOptions } from '../../tfrecord/index.ts'
import { progressBar } from '../progress.ts'
import type { Terminal } from '../terminal.ts'

/** Records between two steps of the bar. */
const stride = 1024

/** The paths that arguments stand for; globs in quotes as well as those that a shell expanded. */
export async function pathsOf(files: readonly string[]): Promise<string[]> {
  return (await expandRecordFiles(files)).map(({ file }) => file)
}

/**
 * Reads a file, compressed or not, with a bar on a terminal; gives the reader when it is at the end.
 *
 * @param visit looks at a record, and keeps none of its bytes
 */
export async function eachRecord(
  file: string,
  terminal: Terminal,
  visit: (record: Uint8Array, reader: RecordReader) => void,
  options: RecordReaderOptions = {},
): Promise<RecordReader> {
  await using reader = new RecordReader(file, { compression: 'auto', reuseMemory: true, ...options })
  const bar = progressBar(terminal, await sizeOf(file), 'bytes')
  try {
    for (let i = 1; ; i++) {
      const pulled = reader.next()
      const record = pulled instanceof Promise ? await pulled : pulled
      if (record === undefined) return reader
      visit(record, reader)
      if (i % stride === 0) bar.to(reader.position.byteOffset)
    }
  } finally {
    bar.stop()
  }
}

/** Bytes of a file; 0 where it is not there, which reading it will say. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
