import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { Stage } from '../core/stage.ts'
import type { FilePath } from '../files/filePaths.ts'
import { readColumns, rowSpecOf, type CsvColumns, type CsvRow, type ReadColumn } from './csvColumns.ts'
import { CsvReader, type CsvLayout } from './csvReader.ts'
import { fileOptionNames, fileStage, type FileOptions } from './fileStage.ts'

/** Options of `csv`. */
export interface CsvOptions<C extends CsvColumns, S = unknown> extends FileOptions {
  /**
   * The columns and what each is read as: an object, for rows that are objects, or a tuple, for rows that are tuples
   * (`record_defaults`). `{ dtype, defaultValue }` gives a value for empty fields; a dtype alone takes none.
   */
  readonly columns: C
  /**
   * Whether each file begins with a line of names; by default true for columns with names, which are found by that line
   * in any order, and false for a tuple.
   */
  readonly header?: boolean
  /**
   * The columns that are read, all by default. Of columns with names: some of them. For a tuple: for each of it, its
   * place in the file, counted from 0 and rising (`select_cols`); columns of the file behind the last are left alone.
   */
  readonly selectColumns?: S
  /** The character between fields; `','` by default. */
  readonly fieldDelim?: string
  /** Whether `"` quotes fields; true by default. Where it does not, it is a character like others. */
  readonly useQuoteDelim?: boolean
  /** Text that stands for an empty field; `''` by default. An empty field is empty always. */
  readonly naValue?: string
}

const optionNames = ['columns', 'header', 'selectColumns', 'fieldDelim', 'useQuoteDelim', 'naValue', ...fileOptionNames]

/**
 * The rows of CSV files (RFC 4180), one file after the other (`tf.data.experimental.CsvDataset`, and the header of
 * `make_csv_dataset`).
 *
 * Out: objects or tuples, as `columns` are: int32, float32 and float64 as numbers, int64 as bigints, bool from `true`,
 * `false`, 1 and 0, string from UTF-8, bytes as they are. Fields may be quoted, and then hold delimiters, ends of lines
 * and doubled quotes; a row ends at \n, \r\n or \r; a byte order mark is passed over. Fields that are not selected are
 * not decoded. Length: unknown. Saved: file, line and byte offset, from which reading goes on without reading again; a
 * compressed file is decompressed up to there. A row that fails is passed over by the next pull.
 *
 * @param files one path or file: URL, or several in the order they are read
 * @example
 * const people = file('name,age\n"Lovelace, Ada",36\nGrace,\n')
 * Dataset.csv(people, { columns: { age: { dtype: 'int32', defaultValue: -1 }, name: 'string' } }) // { age: 36, name: 'Lovelace, Ada' }, { age: -1, name: 'Grace' }
 * Dataset.csv(people, { columns: ['string'], selectColumns: [0] }) // ['name'], ['Lovelace, Ada'], ['Grace']
 * @throws InvalidArgumentError where a row has another number of columns, a field is not what its column is, or a quote
 *   is out of place, with file, line and column
 * @throws NotFoundError where a file does not exist, when it is its turn
 */
export function csv<const C extends CsvColumns>(
  files: FilePath | readonly FilePath[],
  options: CsvOptions<C>,
): Stage<never, CsvRow<C>> {
  checkOptions('csv', options, optionNames)
  const columns = readColumns(options.columns)
  const layout = layoutOf(columns, options)
  const { header, delimiter, places, quotes, naValue } = layout
  return fileStage<CsvRow<C>>(
    'csv',
    files,
    { unit: 'line', reader: (window) => new CsvReader(window, layout) as CsvReader & { next(): never } },
    options,
    {
      args: {
        columns: Object.fromEntries(layout.columns.map(({ name, dtype }) => [name, dtype])),
        header,
        ...(places !== undefined && { places }),
        fieldDelim: String.fromCharCode(delimiter),
        useQuoteDelim: quotes,
        naValue: naValue.toString(),
      },
      spec: rowSpecOf(layout.columns),
    },
  )
}

function layoutOf(columns: readonly ReadColumn[], options: CsvOptions<CsvColumns>): CsvLayout {
  const { fieldDelim = ',', naValue = '', useQuoteDelim = true, selectColumns } = options
  const named = !Array.isArray(options.columns)
  const header = checkBoolean('csv', 'header', options.header ?? named)
  if (typeof naValue !== 'string') throw wrongArgument('csv', 'naValue', 'a string', naValue)
  const common = {
    header,
    delimiter: delimiterOf(fieldDelim),
    quotes: checkBoolean('csv', 'useQuoteDelim', useQuoteDelim),
    naValue: Buffer.from(naValue),
  }
  if (!named) {
    const places = selectColumns === undefined ? [...columns.keys()] : placesOf(selectColumns, columns.length)
    return { ...common, columns, places, width: selectColumns === undefined ? columns.length : undefined }
  }
  const selected = selectColumns === undefined ? columns : selectNames(columns, selectColumns)
  if (header) return { ...common, columns: selected, places: undefined, width: undefined }
  const number = columns.find(({ name }) => /^(0|[1-9]\d*)$/.test(String(name)))
  if (number !== undefined) {
    throw new InvalidArgumentError(`csv: columns.${number.name} has a number for a name, which loses its place.`, {
      hint: 'JavaScript puts such names first. Give the columns in a tuple.',
    })
  }
  return { ...common, columns: selected, places: selected.map((one) => columns.indexOf(one)), width: columns.length }
}

function delimiterOf(fieldDelim: unknown): number {
  const isOne = typeof fieldDelim === 'string' && /^[^"\r\n\u0080-\uffff]$/.test(fieldDelim)
  if (isOne) return fieldDelim.charCodeAt(0)
  throw wrongArgument('csv', 'fieldDelim', 'one ASCII character other than a quote and an end of line', fieldDelim)
}

function selectNames(columns: readonly ReadColumn[], selection: unknown): ReadColumn[] {
  if (!Array.isArray(selection) || selection.length === 0) {
    throw wrongArgument('csv', 'selectColumns', 'a list of names', selection)
  }
  for (const name of selection as readonly unknown[]) {
    if (!columns.some((column) => column.name === name)) {
      throw new InvalidArgumentError(`csv: selectColumns has ${JSON.stringify(name)}, which is not among the columns.`)
    }
  }
  return columns.filter(({ name }) => selection.includes(name))
}

function placesOf(selection: unknown, count: number): number[] {
  if (!Array.isArray(selection) || selection.length !== count) {
    throw wrongArgument('csv', 'selectColumns', `a list of ${count} places, one for each column`, selection)
  }
  const places = selection.map((place: unknown) => checkCount('csv', 'selectColumns', place))
  if (places.some((place, i) => i > 0 && place <= places[i - 1])) {
    throw new InvalidArgumentError('csv: the places in selectColumns must rise.')
  }
  return places
}
