import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { CsvColumn, CsvDType } from '../../src/sources/csvColumns.ts'

/** What TensorFlow reads from small files, made by files.py. */
interface Case {
  readonly bytes: string
  readonly pulls: readonly unknown[]
}
interface CsvCase extends Case {
  readonly columns: readonly (CsvDType | readonly [CsvDType, string | number])[]
  readonly options: {
    readonly header?: boolean
    readonly use_quote_delim?: boolean
    readonly na_value?: string
    readonly select_cols?: readonly number[]
    readonly field_delim?: string
  }
}
interface FixedCase extends Case {
  readonly sizes: readonly [number, number, number]
}
interface Goldens {
  readonly lines: readonly Case[]
  readonly csv: readonly CsvCase[]
  readonly fixed: readonly FixedCase[]
}

const goldens = JSON.parse(readFileSync(new URL('./files.json', import.meta.url), 'utf8')) as Goldens

let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'))
  path = join(folder, 'file')
})
afterAll(() => rm(folder, { recursive: true }))

/** What each pull gives, up to the end. */
async function pulls(dataset: Dataset<unknown>): Promise<unknown[]> {
  const iterator = dataset.iterator()
  const got: unknown[] = []
  // An iterator ends at an error; the next one goes on from where it stopped.
  for (let current = iterator; ;) {
    try {
      const { done, value } = await current.next()
      if (done === true) return got
      got.push(value)
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidArgumentError)
      got.push('error')
      current = dataset.iterator({ state: current.save() })
    }
  }
}

const title = ({ bytes, ...rest }: Case) =>
  `${JSON.stringify(bytes.slice(0, 60))} ${JSON.stringify({ ...rest, pulls: undefined })}`

describe('textLines as TensorFlow', () => {
  it.each(goldens.lines.map((one) => [title(one), one] as const))('%s', async (_title, one) => {
    await writeFile(path, one.bytes, 'latin1')
    for (const chunkBytes of [1, 2, 3, 1000]) {
      expect(await pulls(Dataset.textLines(path, { chunkBytes }))).toEqual(one.pulls)
    }
  })
})

describe('fixedLengthRecords as TensorFlow', () => {
  it.each(goldens.fixed.map((one) => [title(one), one] as const))('%s', async (_title, one) => {
    await writeFile(path, one.bytes, 'latin1')
    const [recordBytes, headerBytes, footerBytes] = one.sizes
    // TensorFlow finds the wrong length again and again; here the file is left behind.
    const expected = one.pulls.includes('error') ? ['error'] : one.pulls
    for (const chunkBytes of [1, 2, 3, 1000]) {
      const dataset = Dataset.fixedLengthRecords(path, recordBytes, { headerBytes, footerBytes, chunkBytes })
      expect(await pulls(dataset.map((bytes) => Buffer.from(bytes).toString()))).toEqual(expected)
    }
  })
})

/** Where millrace reads something else on purpose. */
const differences: Readonly<Record<string, readonly unknown[]>> = {
  // The line with the wrong quote is passed over, and no more.
  '"a"b,c\nd,e\n': ['error', ['d', 'e']],
  // Hexadecimal numbers are refused.
  '0x1p3,0x10\n': ['error'],
  // A byte order mark is passed over.
  '\u00ef\u00bb\u00bf1,2\n3,4\n': [
    [1, 2],
    [3, 4],
  ],
}

/** Many errors at the end are TensorFlow's for ever; one is enough. */
function once(expected: readonly unknown[]): readonly unknown[] {
  const length = expected.findLastIndex((value) => value !== 'error') + 2
  return expected.slice(-4).every((value) => value === 'error') ? expected.slice(0, length) : expected
}

const value = (expected: unknown, dtype: string): unknown =>
  dtype === 'int64' ? BigInt(expected as string) : dtype.startsWith('float') ? Number(named(expected)) : expected
const named = (expected: unknown) => (expected === 'inf' ? Infinity : expected === '-inf' ? -Infinity : expected)

describe('csv as CsvDataset', () => {
  it.each(goldens.csv.map((one) => [title(one), one] as const))('%s', async (_title, one) => {
    await writeFile(path, one.bytes, 'latin1')
    const { header, use_quote_delim, na_value, select_cols, field_delim } = one.options
    const columns = one.columns.map((column) =>
      typeof column === 'string' ? column : ({ dtype: column[0], defaultValue: column[1] } as CsvColumn),
    )
    const dtypes = one.columns.map((column) => (typeof column === 'string' ? column : column[0]))
    const expected = (differences[one.bytes] ?? once(one.pulls)).map((row) =>
      Array.isArray(row) ? row.map((cell, i) => value(cell, dtypes[i])) : row,
    )
    for (const chunkBytes of [1, 2, 7, 100_000]) {
      const dataset = Dataset.csv(path, {
        columns,
        chunkBytes,
        ...(header !== undefined && { header }),
        ...(use_quote_delim !== undefined && { useQuoteDelim: use_quote_delim }),
        ...(na_value !== undefined && { naValue: na_value }),
        ...(select_cols !== undefined && { selectColumns: select_cols }),
        ...(field_delim !== undefined && { fieldDelim: field_delim }),
      })
      expect(await pulls(dataset)).toEqual(expected)
    }
  })
})
