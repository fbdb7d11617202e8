import { InvalidArgumentError, type ErrorContext } from '../core/errors.ts'
import { newMemory } from '../ndarray/batchMemory.ts'
import { describe } from '../ndarray/ndarray.ts'
import { checkedParse, misfitError, type Where } from './checkedParse.ts'
import type { Column } from './column.ts'
import { columnSource, featureColumns, type FeatureColumns } from './featureColumns.ts'
import type { Features, ParsedBatch } from './features.ts'
import type { KeyTable } from './keyTable.ts'
import type { ListReaders } from './listReaders.ts'
import { isRowMisfit } from './ragged.ts'
import { readPlain } from './readPlain.ts'
import { slotTable } from './slotTable.ts'

/** Parses Examples one by one into the columns of a batch: `begin`, `add` for each record, `finish`. */
export class ExampleColumns<F extends Features> {
  readonly #columns: Column[] = []
  readonly #names: readonly string[]
  readonly #features: readonly FeatureColumns[]
  readonly #table: KeyTable
  readonly #readers: readonly ListReaders[]
  readonly #absents: readonly unknown[]
  readonly #values: unknown[]
  #records = 0

  constructor(features: F) {
    const source = columnSource(this.#columns)
    this.#names = Object.keys(features)
    this.#features = this.#names.map((name) => featureColumns(name, features[name], source))
    const { table, readers } = slotTable(this.#columns)
    this.#table = table
    this.#readers = readers
    this.#absents = this.#columns.map((column) => column.absent)
    this.#values = this.#absents.slice()
  }

  /**
   * Begins a batch of about so many records; what was added before and not finished is dropped.
   *
   * @param memory where its columns of a fixed number of values are to lie; new memory by default
   */
  begin(records: number, memory = newMemory): void {
    this.#records = 0
    for (const column of this.#columns) column.begin(records, memory)
  }

  /**
   * Adds a record.
   *
   * @throws InvalidArgumentError as parseExample does; the record is not added then
   */
  add(bytes: Uint8Array, where?: Where): void {
    if (!(bytes instanceof Uint8Array)) {
      throw new InvalidArgumentError(`record ${this.#records} of the batch is ${describe(bytes)}, not bytes.`)
    }
    const columns = this.#columns
    let values = this.#values
    for (let i = 0; i < values.length; i++) values[i] = this.#absents[i]
    if (!readPlain(bytes, this.#table, this.#readers, values)) {
      const index = this.#records
      values = checkedParse(bytes, columns, where ?? (() => ({ index })))
    }
    for (let i = 0; i < columns.length; i++) columns[i].commit(values[i])
    this.#records++
  }

  /**
   * The columns of the records that were added.
   *
   * @param where gives the place of one of them
   */
  finish(where: (index: number) => ErrorContext = (index) => ({ index })): ParsedBatch<F> {
    const finished = new Map(this.#columns.map((column) => [column, column.finish()]))
    const parts = this.#features.map(({ columns, wanted, assemble }, i) => {
      const value = assemble(
        columns.flatMap((column) => finished.get(column) ?? []),
        false,
      )
      if (isRowMisfit(value)) {
        throw misfitError({ name: this.#names[i], wanted }, value.misfit, undefined, () => where(value.row))
      }
      return [this.#names[i], value]
    })
    return Object.fromEntries(parts) as ParsedBatch<F>
  }
}
