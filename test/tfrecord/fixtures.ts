import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ByteSource } from '../../src/files/byteSource.ts'
import type { DecodedFeature } from '../../src/tfrecord/rawFeature.ts'
import { frameBytes, frameRecord } from '../../src/records/framing.ts'
import type { RecordReader } from '../../src/records/recordReader.ts'

/** A feature as the fixtures list it; see generate.py. */
export type ListedFeature = readonly [name: string, kind: string, values: readonly (string | number)[]]

export interface Fixture {
  readonly name: string
  readonly path: string
  readonly canonical: boolean
  readonly records: readonly { readonly hex: string; readonly features?: readonly ListedFeature[] }[]
}

const folder = fileURLToPath(new URL('../fixtures/tfrecord/', import.meta.url))

/** Every pair NAME.tfrecord and NAME.json of the fixtures. */
export const fixtures: readonly Fixture[] = readdirSync(folder)
  .filter((file) => file.endsWith('.tfrecord'))
  .map((file) => {
    const name = file.slice(0, -'.tfrecord'.length)
    const expected = readJson(`${name}.json`) as Pick<Fixture, 'canonical' | 'records'>
    return { name, path: `${folder}${file}`, canonical: expected.canonical, records: expected.records }
  })

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(`${folder}${file}`, 'utf8'))
}

/** A decoded Example in the form of the fixtures. */
export function listed(features: Readonly<Record<string, DecodedFeature | undefined>>): ListedFeature[] {
  const rows = Object.entries(features).map(([name, feature]): ListedFeature => {
    switch (feature?.kind) {
      case 'bytes':
        return [name, 'bytes', feature.values.map(hexOf)]
      case 'int64':
        return [name, 'int64', Array.from(feature.values, String)]
      case 'float':
        return [name, 'float', Array.from(new Uint32Array(feature.values.buffer))]
      default:
        return [name, 'none', []]
    }
  })
  return rows.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** A file of these records. */
export function fileOf(records: readonly Uint8Array[]): Uint8Array {
  const file = new Uint8Array(records.reduce((sum, record) => sum + record.length + frameBytes, 0))
  let at = 0
  for (const record of records) at = frameRecord(record, file, at)
  return file
}

/** All records that are left. */
export async function drain(reader: RecordReader): Promise<Uint8Array[]> {
  const records: Uint8Array[] = []
  for (let record = await reader.next(); record !== undefined; record = await reader.next()) records.push(record)
  return records
}

/** A source in memory that counts what is done with it; `gate`, if set, is awaited in each read. */
export class MemorySource implements ByteSource {
  readonly file = 'memory.tfrecord'
  readonly seekable: boolean
  readonly overlaps: boolean
  gate: Promise<void> | undefined
  failure: Error | undefined
  opens = 0
  closes = 0
  bytesRead = 0
  inFlight = 0
  mostInFlight = 0
  private readonly bytes: Uint8Array
  private readonly sized: boolean
  private readonly most: number

  /** @param options.most bytes that one read gives at most */
  constructor(
    bytes: Uint8Array,
    options: { sized?: boolean; seekable?: boolean; overlaps?: boolean; most?: number } = {},
  ) {
    this.bytes = bytes
    this.overlaps = options.overlaps ?? false
    this.sized = options.sized ?? true
    this.seekable = options.seekable ?? true
    this.most = options.most ?? Infinity
  }

  open(): Promise<number | undefined> {
    this.opens++
    return Promise.resolve(this.sized ? this.bytes.length : undefined)
  }

  async read(into: Uint8Array, at: number, length: number, offset: number): Promise<number> {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight)
    await this.gate
    this.inFlight--
    if (this.failure !== undefined) throw this.failure
    const part = this.bytes.subarray(offset, offset + Math.min(length, this.most))
    into.set(part, at)
    this.bytesRead += part.length
    return part.length
  }

  close(): Promise<void> {
    this.closes++
    return Promise.resolve()
  }
}
