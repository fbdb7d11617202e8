import { checkAs, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { TensorSpec, type Spec } from '../core/spec.ts'
import type { ScalarOf } from '../ndarray/dtype.ts'
import { checkScalar } from '../ndarray/ndarray.ts'

/** What the fields of a CSV column are read as. */
export type CsvDType = 'int32' | 'int64' | 'float32' | 'float64' | 'bool' | 'string' | 'bytes'

/** A column with a value for empty fields; without one a field must not be empty. */
export type CsvColumn = {
  readonly [D in CsvDType]: { readonly dtype: D; readonly defaultValue?: ScalarOf<D> }
}[CsvDType]

/** Columns by name, for rows that are objects, or in a tuple, for rows that are tuples. */
export type CsvColumns = Readonly<Record<string, CsvDType | CsvColumn>> | readonly (CsvDType | CsvColumn)[]

type CsvValue<C> = C extends CsvDType
  ? ScalarOf<C>
  : C extends { readonly dtype: infer D extends CsvDType }
    ? ScalarOf<D>
    : never

/** A row of columns C: the values, under the same names or in the same places. */
export type CsvRow<C> = { -readonly [K in keyof C]: CsvValue<C[K]> }

const dtypes: readonly unknown[] = [
  'int32',
  'int64',
  'float32',
  'float64',
  'bool',
  'string',
  'bytes',
] satisfies readonly CsvDType[]

/** A column as the reader wants it. */
export interface ReadColumn {
  /** Its name, or its place among the columns where they have no names. */
  readonly name: string | number
  readonly dtype: CsvDType
  /** The value for an empty field; undefined where there must be one. */
  readonly defaultValue: ScalarOf<CsvDType> | undefined
}

/**
 * The columns of an argument, checked.
 *
 * @throws InvalidArgumentError naming the column that is wrong
 */
export function readColumns(columns: unknown): ReadColumn[] {
  if (typeof columns !== 'object' || columns === null) {
    throw wrongArgument('csv', 'columns', 'an object or a tuple of dtypes', columns)
  }
  const list: readonly (readonly [string | number, unknown])[] = Array.isArray(columns)
    ? [...columns.entries()]
    : Object.entries(columns)
  if (list.length === 0) throw new InvalidArgumentError('csv: columns names no column.')
  return list.map(([name, column]) => readColumn(name, column))
}

function readColumn(name: string | number, column: unknown): ReadColumn {
  const { dtype, defaultValue, ...rest } = (isObject(column) ? column : { dtype: column }) as Readonly<
    Record<string, unknown>
  >
  const argument = `columns.${name}`
  if (!isDType(dtype)) throw wrongArgument('csv', argument, `one of ${dtypes.join(', ')}`, dtype)
  const unknown = Object.keys(rest).at(0)
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`csv: ${argument} has no option ${unknown}.`, {
      hint: 'It takes dtype, defaultValue.',
    })
  }
  if (defaultValue !== undefined) checkAs(`csv: ${argument}.defaultValue`, () => checkScalar(defaultValue, dtype))
  return { name, dtype, defaultValue: defaultValue as ReadColumn['defaultValue'] }
}

/** The spec of a row of these columns. */
export function rowSpecOf(columns: readonly ReadColumn[]): Spec {
  const specs = columns.map(({ name, dtype }) => [name, new TensorSpec([], dtype)] as const)
  return typeof specs[0][0] === 'number' ? specs.map(([, spec]) => spec) : Object.fromEntries(specs)
}

function isDType(value: unknown): value is CsvDType {
  return dtypes.includes(value)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
