import type { Where } from './checkedParse.ts'

/** Makes an element of a record; `where` gives the record's place and is called only to make an error. */
export type RecordParser<T> = (record: Uint8Array, where: Where) => T

/** The element that is the record itself. */
export const asItIs: RecordParser<Uint8Array> = (record) => record
