import type { ErrorContext } from '../core/errors.ts'
import { isNdArray, type NdArray } from '../ndarray/ndarray.ts'
import { checkedParse, misfitError, type Where } from './checkedParse.ts'
import { Column, type FinishedColumn } from './column.ts'
import { compileBatchParser, type BatchParser } from './compileBatchParser.ts'
import { columnSource, featureColumns } from './featureColumns.ts'
import { checkFeatures, type Features, type Parsed, type ParsedBatch } from './features.ts'
import { fixedSlot } from './fixedSlot.ts'
import { slotTable } from './slotTable.ts'
import { isRowMisfit } from './ragged.ts'
import { readPlain } from './readPlain.ts'
import type { Slot } from './slot.ts'

/** Parses one record; `where` gives its place and is called only to make an error. */
export type ExampleParser<F extends Features> = (bytes: Uint8Array, where?: Where) => Parsed<F>

const parsers = new WeakMap<Features, ExampleParser<Features>>()
const batchParsers = new WeakMap<Features, BatchParser<Features>>()

/**
 * Parses one serialized tf.train.Example (`tf.io.parse_single_example`), or a batch of them straight into columns
 * (`tf.io.parse_example`).
 *
 * @param record the bytes of one record, or the records of a batch: a list, or what `batch` makes of them
 * @param features what to read; the parser made for this object is kept, so use one object for all records
 * @param where gives file, record and byte offset for the error, if one is thrown; of a batch, those of one record of it
 * @returns an object with each feature. For one record: a plain scalar for a FixedLenFeature of shape [], an NdArray for
 *   another; for a batch an NdArray with one axis more in front. The other features say what they give.
 * @throws InvalidArgumentError where the bytes are no Example, or a feature is missing without a default, of another
 *   kind, or has another number of values. An empty list is such an error even with a default, as in TensorFlow; a
 *   feature in which no kind is set takes the default.
 *
 * @example
 * const features = { id: FixedLenFeature([], 'int32'), point: FixedLenFeature([2], 'float32') }
 * const record = encodeExample({ id: 7, point: [0.5, 1] })
 * parseExample(record, features) // { id: 7, point: float32 [0.5, 1] }
 * parseExample([record, record], features) // { id: int32 [7, 7], point: float32 [[0.5, 1], [0.5, 1]] }
 */
export function parseExample<F extends Features>(record: Uint8Array, features: F, where?: Where): Parsed<F>
export function parseExample<F extends Features>(
  records: readonly Uint8Array[] | NdArray<'bytes', 1>,
  features: F,
  where?: (index: number) => ErrorContext,
): ParsedBatch<F>
export function parseExample(
  records: Uint8Array | readonly Uint8Array[] | NdArray<'bytes', 1>,
  features: Features,
  where?: (index: number) => ErrorContext,
): unknown {
  if (Array.isArray(records) || isNdArray(records)) {
    let parser = batchParsers.get(features)
    if (parser === undefined) batchParsers.set(features, (parser = compileBatchParser<Features>(features)))
    return parser(records as NdArray<'bytes', 1>, where)
  }
  let parser = parsers.get(features)
  if (parser === undefined) parsers.set(features, (parser = compileParser<Features>(features)))
  return parser(records as Uint8Array, where === undefined ? undefined : () => where(0))
}

/**
 * Makes the parser for these features, for many records. It goes over a record once, from its bytes straight to the
 * values, and does not look into features that were not asked for; see parseExample for what it gives and throws.
 *
 * @example
 * const parse = compileParser({ label: FixedLenFeature([], 'int32') })
 * parse(encodeExample({ label: 3 })) // { label: 3 }
 */
export function compileParser<F extends Features>(features: F): ExampleParser<F> {
  checkFeatures('compileParser', features)
  const names = Object.keys(features)
  const { slots, columns, outputs } = singleSlots(features)
  const { table, readers } = slotTable(slots)
  const absents: readonly unknown[] = slots.map((slot) => slot.absent)
  // Copying an object that has all names already keeps one hidden class, and takes any name, __proto__ included.
  const template = Object.fromEntries(names.map((name) => [name, undefined])) as Record<string, unknown>
  return (bytes, where) => {
    for (const column of columns) column.begin(1)
    let values: unknown[] = absents.slice()
    if (!readPlain(bytes, table, readers, values)) values = checkedParse(bytes, slots, where)
    const element = { ...template }
    if (columns.length > 0) values = finish(slots, values)
    for (let i = 0; i < names.length; i++) element[names[i]] = outputs[i](values, where)
    return element as Parsed<F>
  }
}

/** What makes the value of a feature from those of all slots. */
type Output = (values: readonly unknown[], where: Where | undefined) => unknown

function singleSlots(features: Features): { slots: Slot[]; columns: Column[]; outputs: Output[] } {
  const slots: Slot[] = []
  const columns: Column[] = []
  const source = columnSource(columns)
  const outputs = Object.entries(features).map(([name, feature]): Output => {
    if (feature.kind === 'fixedLen') {
      const position = slots.push(fixedSlot(name, feature)) - 1
      return (values) => values[position]
    }
    const { columns: own, wanted, assemble } = featureColumns(name, feature, source)
    for (const one of own) if (!slots.includes(one)) slots.push(one)
    const positions = own.map((one) => slots.indexOf(one))
    return (values, where) => {
      const value = assemble(
        positions.map((position) => values[position] as FinishedColumn),
        true,
      )
      if (isRowMisfit(value)) throw misfitError({ name, wanted }, value.misfit, undefined, where)
      return value
    }
  })
  return { slots, columns, outputs }
}

/** The values with those of columns finished. */
function finish(slots: readonly Slot[], values: readonly unknown[]): unknown[] {
  return values.map((value, i) => {
    const slot = slots[i]
    if (!(slot instanceof Column)) return value
    slot.commit(value)
    return slot.finish()
  })
}
