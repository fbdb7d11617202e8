import { DataLossError } from '../../index.ts'
import { RecordReader, TFRecordWriter, type SkippedSpan } from '../../tfrecord/index.ts'
import { progressBar } from '../progress.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { RepairOptions } from './command.ts'
import { sizeOf } from './eachRecord.ts'
import { recordsText } from './recordsText.ts'

/** Copies the records that are whole to another file, which may have the name of the damaged one. */
export async function repair(file: string, output: string, options: RepairOptions, terminal: Terminal): Promise<void> {
  const { compression, sync } = options
  const skipped: SkippedSpan[] = []
  const onSkip = (span: SkippedSpan): void => void skipped.push(span)
  await using reader = new RecordReader(file, { compression: 'auto', onError: 'skip', onSkip, reuseMemory: true })
  await using writer = await TFRecordWriter.create(output, { compression, sync })
  const bar = progressBar(terminal, await sizeOf(file), 'bytes')
  let cutOff: string | undefined
  try {
    for (;;) {
      const record = await reader.next()
      if (record === undefined) break
      await writer.write(record)
      bar.to(reader.position.byteOffset)
    }
  } catch (error) {
    // What cannot be decompressed has no later part that could be.
    if (!(error instanceof DataLossError) || error.record !== undefined) throw error
    cutOff = error.message
  } finally {
    bar.stop()
  }
  const { records } = writer
  await writer.close()
  if (options.json) {
    printLine(terminal, JSON.stringify({ file, output, records, skipped, cutOff: cutOff ?? null }, null, 2))
    return
  }
  for (const { reason, bytes } of skipped) printLine(terminal, `${reason} ${bytes} bytes are left out.`)
  if (cutOff !== undefined) printLine(terminal, `${cutOff} Everything after it is left out.`)
  printLine(terminal, `${output}: ${recordsText(records)}`)
}
