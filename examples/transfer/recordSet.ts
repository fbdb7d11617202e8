import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataLossError, type Dataset, fileError, type NdArray } from 'millrace'
import { bytesFeature, FixedLenFeature, floatFeature, int64Feature, tfrecords, writeTFRecords } from 'millrace/tfrecord'
import { wholeFolder } from '../training/wholeFolder.ts'
import { withBar } from '../training/withBar.ts'

/** An array of floats with its label, and the picture that it comes from. */
export interface Row {
  readonly values: NdArray<'float32'>
  readonly label: number
  readonly path: string
}

/** What a set was made of and how; another origin makes another set. */
export type Origin = Readonly<Record<string, string | number>>

/** What a set holds; set.json, which is written last, has all of it but the folder. */
export interface RecordSet {
  readonly folder: string
  readonly origin: Origin
  readonly classNames: readonly string[]
  /** Shape of the arrays. */
  readonly shape: readonly number[]
  /** The files of each part, and how many rows they have. */
  readonly parts: Readonly<Record<string, { readonly files: readonly string[]; readonly rows: number }>>
}

/** A part to write. */
export interface NewPart {
  readonly rows: Dataset<Row>
  /** How many there are, for the bar. */
  readonly count: number
  /** How many go into a file; by default a file holds 256 MB. */
  readonly rowsPerFile?: number
}

const manifest = 'set.json'
const bytesPerShard = 2 ** 28

/**
 * Writes a set: for each part TFRecord files of tf.train.Examples with `values` (floats), `label` and `path`. The folder
 * appears when all of it is there, and only then takes the place of an older one. Rows stream: no part is in memory.
 *
 * @param doing what the bars say, as `preparing`
 */
export async function writeRecordSet(
  folder: string,
  about: Omit<RecordSet, 'folder' | 'parts'>,
  parts: Readonly<Record<string, NewPart>>,
  { doing, unit, signal }: { readonly doing: string; readonly unit: string; readonly signal: AbortSignal },
): Promise<RecordSet> {
  return wholeFolder(folder, async (partial) => {
    const written: Record<string, RecordSet['parts'][string]> = {}
    for (const [name, { rows, count, rowsPerFile }] of Object.entries(parts)) {
      const size = rowsPerFile === undefined ? { bytesPerShard } : { recordsPerShard: rowsPerFile }
      written[name] = await withBar({ label: `${doing} ${name}`, unit, total: count }, async (update) => {
        const onProgress = ({ records }: { readonly records: number }): void => update(records)
        const options = { ...size, signal, onProgress }
        const { files, records } = await writeTFRecords(join(partial, `${name}.tfrecord`), rows.map(example), options)
        update(records)
        return { files: files.map((file) => file.slice(partial.length + 1)), rows: records }
      })
    }
    const set = { ...about, parts: written }
    await writeFile(join(partial, manifest), `${JSON.stringify(set, null, 2)}\n`)
    return { folder, ...set }
  })
}

/**
 * The set in a folder; undefined where there is none.
 *
 * @throws DataLossError where its description cannot be read
 */
export async function openRecordSet(folder: string): Promise<RecordSet | undefined> {
  const file = join(folder, manifest)
  if (!existsSync(file)) return undefined
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, file, 'cannot read')
  })
  try {
    const set = JSON.parse(text) as Omit<RecordSet, 'folder'>
    return { ...set, folder }
  } catch (cause) {
    throw new DataLossError(`${file} is damaged: ${(cause as Error).message}.`, {
      file,
      hint: 'Delete its folder, and make it anew.',
      cause,
    })
  }
}

/** How many rows a part has. */
export function rowCount({ parts }: RecordSet, part: string): number {
  return parts[part].rows
}

/** The files of a part, as they can be opened. */
export function partFiles({ folder, parts }: RecordSet, part: string): string[] {
  return parts[part].files.map((file) => join(folder, file))
}

/** The rows in files of a set, one from each file in turn where `interleaved`, else one file after the other. */
export function readRows(files: readonly string[], shape: readonly number[], interleaved = false): Dataset<Row> {
  const features = {
    values: FixedLenFeature([...shape], 'float32'),
    label: FixedLenFeature([], 'int32'),
    path: FixedLenFeature([], 'string'),
  }
  return tfrecords(files, { features, ...(interleaved && { numParallelReads: files.length }) }) as Dataset<Row>
}

/** What makes a set stale, as `layer mixed10, not mixed7`; undefined where it is of that origin. */
export function staleness({ origin }: RecordSet, wanted: Origin): string | undefined {
  const names = Object.keys({ ...origin, ...wanted }).filter((name) => origin[name] !== wanted[name])
  if (names.length === 0) return undefined
  return names.map((name) => `${name} ${origin[name] ?? 'none'}, not ${wanted[name] ?? 'none'}`).join('; ')
}

function example({ values, label, path }: Row) {
  return { values: floatFeature(values.data), label: int64Feature(label), path: bytesFeature(path) }
}
