/**
 * A folder of elements: what `save`, `snapshot` and `cache` write and `load` reads.
 *
 *   metadata.json                 what this file describes, as JSON; written last
 *   00000-of-00002.elements       elements 0, 2, 4, ...: a TFRecord file, a record an element (elementRecord.ts)
 *   00001-of-00002.elements       elements 1, 3, 5, ...
 *
 * Elements are read from the shards in turn; one that has no more is passed over.
 */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataLossError, fileError, messageOf } from '../core/errors.ts'
import { specFromJson, specToJson } from '../core/specJson.ts'
import type { Spec } from '../core/spec.ts'
import type { Json } from '../core/state.ts'
import type { Compression } from '../files/decompressed.ts'

/** The format that this release writes and reads. */
const formatNumber = 1

/** What to do about a damaged folder of elements. */
export const writeAgain = 'It is damaged, or was written by another program or release: write it again.'

export const metadataFile = 'metadata.json'

/** One file of a folder of elements. */
export interface Shard {
  readonly file: string
  readonly elements: number
  readonly bytes: number
}

/** What a folder of elements holds. */
export interface ElementsMetadata {
  readonly elements: number
  /** Undefined where it is not known. */
  readonly spec: Spec | undefined
  readonly compression: Compression | undefined
  readonly shards: readonly Shard[]
}

/** The text of metadata.json. */
export function metadataText({ elements, spec, compression, shards }: ElementsMetadata): string {
  const json = {
    millrace: 'elements',
    format: formatNumber,
    elements,
    spec: spec === undefined ? null : specToJson(spec),
    compression: compression ?? null,
    shards,
  }
  return `${JSON.stringify(json, undefined, 1)}\n`
}

/**
 * @param hint what to do where it is damaged
 * @throws NotFoundError where there is no metadata.json, DataLossError where it is damaged
 */
export async function readMetadata(folder: string, hint = writeAgain): Promise<ElementsMetadata> {
  const file = join(folder, metadataFile)
  try {
    return parse(await readFile(file, 'utf8'), file, hint)
  } catch (error) {
    throw fileError(error, file, 'cannot read')
  }
}

/** The same at once. */
export function readMetadataSync(folder: string): ElementsMetadata {
  const file = join(folder, metadataFile)
  try {
    return parse(readFileSync(file, 'utf8'), file, writeAgain)
  } catch (error) {
    throw fileError(error, file, 'cannot read')
  }
}

interface MetadataJson {
  readonly elements: number
  readonly spec: Json
  readonly compression: Compression | null
  readonly shards: readonly Shard[]
}

function parse(text: string, file: string, hint: string): ElementsMetadata {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new DataLossError(`${file} is no JSON: ${messageOf(error)}.`, { file, hint, cause: error })
  }
  if (!isMetadata(json))
    throw new DataLossError(`${file} describes no elements of format ${formatNumber}.`, { file, hint })
  const { elements, spec, compression, shards } = json
  return {
    elements,
    spec: spec === null ? undefined : specFromJson(spec),
    compression: compression ?? undefined,
    shards,
  }
}

function isMetadata(json: unknown): json is MetadataJson {
  if (typeof json !== 'object' || json === null) return false
  const { millrace, format, elements, spec, compression, shards } = json as Readonly<Record<string, unknown>>
  return (
    millrace === 'elements' &&
    format === formatNumber &&
    isCount(elements) &&
    (spec === null || isSpecJson(spec)) &&
    (compression === null || compression === 'GZIP' || compression === 'ZLIB') &&
    Array.isArray(shards) &&
    shards.length > 0 &&
    shards.every(isShard) &&
    shards.reduce((sum, shard) => sum + shard.elements, 0) === elements
  )
}

function isShard(value: unknown): value is Shard {
  if (typeof value !== 'object' || value === null) return false
  const { file, elements, bytes } = value as Readonly<Record<string, unknown>>
  return typeof file === 'string' && /^[\w-]+\.elements$/.test(file) && isCount(elements) && isCount(bytes)
}

function isSpecJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { dtype, shape, tuple, fields } = value as Readonly<Record<string, unknown>>
  if (Array.isArray(tuple)) return tuple.every(isSpecJson)
  if (Array.isArray(fields)) {
    return fields.every((field) => Array.isArray(field) && typeof field[0] === 'string' && isSpecJson(field[1]))
  }
  return typeof dtype === 'string' && (shape === null || Array.isArray(shape))
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
