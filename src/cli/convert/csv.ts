import { Dataset, InvalidArgumentError } from '../../index.ts'
import { floatFeature, int64Feature, type Feature, type FeaturesInput } from '../../tfrecord/index.ts'
import type { Converter } from './converters.ts'

/** What every field of a column is: a whole number, a number, or text. */
type ColumnKind = 'int64' | 'float' | 'bytes'

type Row = Readonly<Record<string, string>>

/**
 * CSV with a line of names: each column becomes a feature. A column is int64 where all its fields are whole numbers,
 * float where they are numbers, else bytes; so the files are read twice. A number with leading zeros is text, since it
 * would lose them. An empty field is left out, and parsing gives it the default.
 */
export const csv: Converter = {
  names: /\.(csv|tsv)(\.gz)?$/i,
  async *records(paths, { delimiter }) {
    const fieldDelim = delimiter ?? (/\.tsv(\.gz)?$/i.test(paths[0]) ? '\t' : ',')
    const names = await namesOf(paths[0], fieldDelim)
    const columns = Object.fromEntries(names.map((name) => [name, { dtype: 'string' as const, defaultValue: '' }]))
    const rows: Dataset<Row> = Dataset.csv(paths, { columns, fieldDelim })
    const kinds = new Map<string, ColumnKind>()
    await rows.forEach((row) => {
      for (const name of names) kinds.set(name, kindOf(row[name], kinds.get(name)))
    })
    for await (const row of rows) yield featuresOf(row, kinds)
  },
}

/** The names in the first line of a file. */
async function namesOf(file: string, fieldDelim: string): Promise<string[]> {
  const line = await Dataset.textLines(file).take(1).toArray()
  if (line.length === 0) throw new InvalidArgumentError(`${file} is empty; it begins with a line of names.`, { file })
  // One field more than there are delimiters outside of quotes.
  const width = line[0].replace(/"[^"]*"/g, '').split(fieldDelim).length
  const fields = { dtype: 'string' as const, defaultValue: '' }
  const first = Dataset.csv(file, { columns: new Array<typeof fields>(width).fill(fields), header: false, fieldDelim })
  const names = (await first.take(1).toArray()).flat()
  const wrong = names.find((name, i) => name === '' || names.indexOf(name) !== i)
  if (wrong === undefined) return names
  const what = wrong === '' ? 'a column without a name' : `two columns named ${JSON.stringify(wrong)}`
  throw new InvalidArgumentError(`${file} has ${what}.`, { file, hint: 'Its first line has to name each column.' })
}

/** What a column is with one field more. */
function kindOf(field: string, before: ColumnKind | undefined): ColumnKind {
  if (before === 'bytes' || field === '') return before ?? 'int64'
  if (/^-?(0|[1-9]\d*)$/.test(field) && BigInt.asIntN(64, BigInt(field)) === BigInt(field)) return before ?? 'int64'
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?(inf|infinity)$|^nan$/i.test(field) && !/^[+-]?0\d/.test(field)
    ? 'float'
    : 'bytes'
}

function featuresOf(row: Row, kinds: ReadonlyMap<string, ColumnKind>): FeaturesInput {
  const features: [string, Feature | string][] = []
  for (const [name, field] of Object.entries(row)) {
    if (field === '') continue
    const kind = kinds.get(name)
    if (kind === 'int64') features.push([name, int64Feature(BigInt(field))])
    else if (kind === 'float') features.push([name, floatFeature(numberOf(field))])
    else features.push([name, field])
  }
  return Object.fromEntries(features)
}

function numberOf(field: string): number {
  const infinite = /^([+-]?)inf/i.exec(field)
  return infinite === null ? Number(field) : Number(`${infinite[1]}Infinity`)
}
