/**
 * Finds the fields of CSV rows (RFC 4180) in bytes, and looks at each byte once.
 *
 *   row    = field *(delimiter field) end     end = \n, \r\n, \r or the end of the file
 *   field  = bytes other than the delimiter, \n, \r and "
 *          | " *(bytes other than " | "") "
 */

/** What became of a scan. */
export const scanned = {
  /** The row does not end within the bytes. */
  more: 0,
  /** There is a row. */
  row: 1,
  /** There are no bytes left. */
  none: 2,
  /** A field that does not begin with a quote has one in it. */
  strayQuote: 3,
  /** Something follows the quote that closes a field. */
  afterQuote: 4,
  /** A quote is open at the end of the file. */
  openQuote: 5,
} as const

export type Scanned = (typeof scanned)[keyof typeof scanned]

const lineFeed = 10
const carriageReturn = 13
const quote = 34

/** Kinds of bytes. */
const plain = 0
const delimiter = 1
const endsRow = 2
const quoting = 3

export class CsvScanner {
  /** Fields of the row, and for each: where it is, without its quotes, and whether quotes in it are doubled. */
  count = 0
  starts = new Int32Array(16)
  ends = new Int32Array(16)
  doubled = new Uint8Array(16)
  /** Where the next row begins; after a wrong one, behind the end of the line where it went wrong. */
  next = 0
  /** Ends of lines in the row, its own included. */
  lines = 0
  readonly #kinds = new Uint8Array(256)
  readonly #quotes: boolean

  constructor(delimiterByte: number, quotes: boolean) {
    this.#quotes = quotes
    this.#kinds[delimiterByte] = delimiter
    this.#kinds[lineFeed] = endsRow
    this.#kinds[carriageReturn] = endsRow
    if (quotes) this.#kinds[quote] = quoting
  }

  /** Looks for a row in `bytes[at, end)`; `ended` says that nothing comes after them. */
  scan(bytes: Uint8Array, at: number, end: number, ended: boolean): Scanned {
    if (at === end) return ended ? scanned.none : scanned.more
    const kinds = this.#kinds
    const quotes = this.#quotes
    this.lines = 0
    let field = 0
    for (let p = at; ; field++) {
      if (field === this.starts.length) this.#grow()
      if (quotes && p < end && bytes[p] === quote) {
        const close = this.#quoted(bytes, p + 1, end, field)
        if (close < 0) {
          if (!ended) return scanned.more
          this.next = end
          return scanned.openQuote
        }
        // Two quotes may be one in the field: what follows has to be seen.
        p = close + 1
        if (p < end && kinds[bytes[p]] !== delimiter && kinds[bytes[p]] !== endsRow) {
          return this.#passLine(bytes, p, end, ended) ? scanned.afterQuote : scanned.more
        }
      } else {
        this.starts[field] = p
        while (p < end && kinds[bytes[p]] === plain) p++
        this.ends[field] = p
        this.doubled[field] = 0
      }
      if (p === end) {
        if (!ended) return scanned.more
        return this.#endRow(field, p)
      }
      const byte = bytes[p]
      if (byte === lineFeed) return this.#endRow(field, p + 1)
      if (byte === carriageReturn) {
        if (p + 1 === end && !ended) return scanned.more
        return this.#endRow(field, p + 1 < end && bytes[p + 1] === lineFeed ? p + 2 : p + 1)
      }
      if (kinds[byte] === quoting) return this.#passLine(bytes, p, end, ended) ? scanned.strayQuote : scanned.more
      p++
    }
  }

  #endRow(field: number, next: number): Scanned {
    this.count = field + 1
    this.next = next
    this.lines++
    return scanned.row
  }

  /** Notes the quoted field that begins at `p`, behind its quote; gives where its closing quote is, or -1. */
  #quoted(bytes: Uint8Array, p: number, end: number, field: number): number {
    this.starts[field] = p
    let doubled = 0
    for (; p < end; p++) {
      const byte = bytes[p]
      if (byte === quote) {
        if (p + 1 < end && bytes[p + 1] === quote) {
          doubled = 1
          p++
          continue
        }
        this.ends[field] = p
        this.doubled[field] = doubled
        return p
      }
      if (byte === lineFeed || (byte === carriageReturn && bytes[p + 1] !== lineFeed)) this.lines++
    }
    return -1
  }

  /** Goes behind the end of a line in which something is wrong; false where that is not within the bytes. */
  #passLine(bytes: Uint8Array, p: number, end: number, ended: boolean): boolean {
    while (p < end && bytes[p] !== lineFeed) p++
    if (p === end && !ended) return false
    this.next = Math.min(p + 1, end)
    this.lines++
    return true
  }

  #grow(): void {
    this.starts = longer(this.starts, new Int32Array(2 * this.starts.length))
    this.ends = longer(this.ends, new Int32Array(2 * this.ends.length))
    this.doubled = longer(this.doubled, new Uint8Array(2 * this.doubled.length))
  }
}

function longer<A extends Int32Array | Uint8Array>(old: A, long: A): A {
  long.set(old)
  return long
}
