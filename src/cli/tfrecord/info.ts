import { InvalidArgumentError } from '../../index.ts'
import { compressionOf } from '../../tfrecord/index.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { InfoOptions } from './command.ts'
import { eachRecord, pathsOf, sizeOf } from './eachRecord.ts'
import { ExampleStats, type FeatureStats } from './featureStats.ts'
import { recordsText } from './recordsText.ts'

/** What is in one file. */
interface FileInfo {
  readonly file: string
  readonly fileBytes: number
  readonly compression: string | null
  readonly records: number
  /** Fewest, most and all bytes of records, without their frames. */
  readonly recordBytes: { readonly least: number; readonly most: number; readonly sum: number }
  /** By name; null where the records are no Examples. */
  readonly features: Readonly<Record<string, FeatureStats>> | null
}

/** Prints what is in files. */
export async function info(files: readonly string[], options: InfoOptions, terminal: Terminal): Promise<void> {
  const found: FileInfo[] = []
  for (const file of await pathsOf(files)) {
    const about = await look(file, options.limit ?? Infinity, terminal)
    found.push(about)
    if (!options.json) for (const line of linesOf(about)) printLine(terminal, line)
  }
  if (options.json) printLine(terminal, JSON.stringify(found, plain, 2))
}

async function look(file: string, limit: number, terminal: Terminal): Promise<FileInfo> {
  const compression = (await compressionOf(file)) ?? null
  const recordBytes = { least: Infinity, most: 0, sum: 0 }
  const stats = new ExampleStats()
  let areExamples = limit > 0
  let records = 0
  await eachRecord(file, terminal, (record) => {
    recordBytes.least = Math.min(recordBytes.least, record.length)
    recordBytes.most = Math.max(recordBytes.most, record.length)
    recordBytes.sum += record.length
    if (areExamples && records < limit) areExamples = addTo(stats, record)
    records++
  })
  if (records === 0) recordBytes.least = 0
  const features = areExamples ? Object.fromEntries([...stats.features].sort(([a], [b]) => (a < b ? -1 : 1))) : null
  return { file, fileBytes: await sizeOf(file), compression, records, recordBytes, features }
}

/** False where the record is no Example. */
function addTo(stats: ExampleStats, record: Uint8Array): boolean {
  try {
    stats.add(record)
    return true
  } catch (error) {
    if (error instanceof InvalidArgumentError) return false
    throw error
  }
}

function linesOf({ file, fileBytes, compression, records, recordBytes, features }: FileInfo): string[] {
  const { least, most } = recordBytes
  const sizes = records === 0 ? '' : `, ${span(least, most)} bytes each`
  const stored = compression === null ? '' : `, ${compression}`
  const lines = [`${file}: ${recordsText(records)}${sizes}; ${fileBytes} bytes${stored}`]
  if (features === null) return [...lines, '  the records are no tf.train.Examples']
  const names = Object.entries(features)
  const width = Math.max(0, ...names.map(([name]) => name.length))
  for (const [name, stats] of names) lines.push(`  ${name.padEnd(width)}  ${describe(stats, records)}`)
  return lines
}

function describe({ kinds, values, range, records }: FeatureStats, of: number): string {
  const parts = [`${kinds.join(' or ')} [${span(values[0], values[1], '..')}]`]
  if (range !== undefined) parts.push(kinds.includes('bytes') ? `${span(...range)} bytes` : span(...range))
  if (records < of) parts.push(`in ${records} of ${of}`)
  return parts.join(', ')
}

function span(least: number | bigint, most: number | bigint, to = ' to '): string {
  return least === most ? String(least) : `${least}${to}${most}`
}

/** JSON has no bigints: whole numbers that it can hold become numbers, others text. */
export function plain(_: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
