import { MillraceError } from '../../index.ts'
import { decodeExample } from '../../tfrecord/index.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { VerifyOptions } from './command.ts'
import { eachRecord, pathsOf } from './eachRecord.ts'
import { recordsText } from './recordsText.ts'

/** A problem with a file. */
interface Problem {
  readonly record: number | null
  readonly byteOffset: number | null
  /** Bytes that belong to no record because of it. */
  readonly bytes: number | null
  readonly reason: string
}

/** Checks files and prints what is wrong; true where nothing is. */
export async function verify(files: readonly string[], options: VerifyOptions, terminal: Terminal): Promise<boolean> {
  const results: { file: string; records: number; problems: Problem[] }[] = []
  for (const file of await pathsOf(files)) {
    const result = await check(file, options.examples, terminal)
    results.push(result)
    if (options.json) continue
    for (const { reason, bytes } of result.problems) {
      printLine(terminal, bytes === null ? reason : `${reason} ${bytes} bytes are lost.`)
    }
    const verdict = result.problems.length === 0 ? 'ok' : `${result.problems.length} damaged`
    printLine(terminal, `${file}: ${recordsText(result.records)}, ${verdict}`)
  }
  if (options.json) printLine(terminal, JSON.stringify(results, null, 2))
  return results.every(({ problems }) => problems.length === 0)
}

async function check(
  file: string,
  examples: boolean,
  terminal: Terminal,
): Promise<{ file: string; records: number; problems: Problem[] }> {
  const problems: Problem[] = []
  let records = 0
  try {
    await eachRecord(
      file,
      terminal,
      (record, reader) => {
        records++
        const reason = examples ? whyNoExample(record) : undefined
        if (reason === undefined) return
        const { record: number = null, byteOffset = null } = reader.where()
        problems.push({
          record: number,
          byteOffset,
          bytes: null,
          reason: `${file}: record ${String(number)}: ${reason}`,
        })
      },
      {
        onError: 'skip',
        onSkip: ({ record, byteOffset, bytes, reason }) => problems.push({ record, byteOffset, bytes, reason }),
      },
    )
  } catch (error) {
    if (!(error instanceof MillraceError) || error.name !== 'DataLossError') throw error
    problems.push({
      record: error.record ?? null,
      byteOffset: error.byteOffset ?? null,
      bytes: null,
      reason: error.message,
    })
  }
  return { file, records, problems }
}

function whyNoExample(record: Uint8Array): string | undefined {
  try {
    decodeExample(record)
    return undefined
  } catch (error) {
    if (error instanceof MillraceError) return error.message
    throw error
  }
}
