import { END } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import type { ByteWindow } from '../files/byteWindow.ts'
import type { ReadColumn } from './csvColumns.ts'
import { CsvScanner, scanned, type Scanned } from './csvScanner.ts'
import { csvValue } from './csvValues.ts'
import { MORE, type ElementReader } from './elementReader.ts'

/** What rows are made of. */
export interface CsvLayout {
  /** The columns of a row. */
  readonly columns: readonly ReadColumn[]
  /** Where each is among the file's; undefined where the header says it. */
  readonly places: readonly number[] | undefined
  /** Number of the file's columns; undefined where the header says it, or where more are left alone. */
  readonly width: number | undefined
  readonly header: boolean
  readonly delimiter: number
  readonly quotes: boolean
  /** Text that stands for an empty field, beside the empty one. */
  readonly naValue: Buffer
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Makes rows of one file. */
export class CsvReader implements ElementReader<unknown> {
  taken = 0
  readonly #window: ByteWindow
  readonly #layout: CsvLayout
  readonly #scanner: CsvScanner
  readonly #template: Record<string, unknown> | undefined
  readonly #names: readonly string[]
  #begun = false
  /** Whether the header is of no use, and with it the file. */
  spoilt = false
  #places: readonly number[]
  #width: number | undefined
  /** The least number of fields that a row must have. */
  #least: number

  constructor(window: ByteWindow, layout: CsvLayout) {
    this.#window = window
    this.#layout = layout
    this.#scanner = new CsvScanner(layout.delimiter, layout.quotes)
    this.#names = layout.columns.map(({ name }) => String(name))
    const tuple = typeof layout.columns[0].name === 'number'
    // Copying an object that has all names already keeps one hidden class, and takes any name, __proto__ included.
    this.#template = tuple ? undefined : Object.fromEntries(this.#names.map((name) => [name, undefined]))
    this.#places = layout.places ?? []
    this.#width = layout.width
    this.#least = layout.width ?? Math.max(...this.#places) + 1
  }

  next(): unknown {
    if (!this.#begun && !this.begin()) return MORE
    const found = this.#scan()
    if (found === scanned.more) return MORE
    if (found === scanned.none) return END
    const { bytes } = this.#window
    const line = this.taken + 1
    const offset = this.#window.byteOffset
    this.#take()
    if (found !== scanned.row) throw this.#failure(quoteProblems[found], line, offset)
    const { count } = this.#scanner
    if (count < this.#least || (this.#width !== undefined && count > this.#width)) throw this.#wrongCount(line, offset)
    return this.#row(bytes, line, offset)
  }

  skip(count: number): number {
    if (!this.#begun && !this.begin()) return 0
    let passed = 0
    for (; passed < count; passed++) {
      const found = this.#scan()
      if (found === scanned.more || found === scanned.none) break
      this.#take()
    }
    return passed
  }

  /** Passes over a byte order mark, and reads the header. */
  begin(): boolean {
    const { bytes, at, end, ended } = this.#window
    if (end - at < byteOrderMark.length && !ended) return false
    const isMarked = bytes.subarray(at, Math.min(end, at + byteOrderMark.length)).equals(byteOrderMark)
    const start = isMarked ? at + byteOrderMark.length : at
    if (this.#layout.header) {
      const found = this.#scanner.scan(bytes, start, end, ended)
      if (found === scanned.more) return false
      this.#begun = this.spoilt = true
      if (found === scanned.none) throw this.#failure('there is no header', 1, 0)
      if (found !== scanned.row) throw this.#failure(quoteProblems[found], 1, 0)
      if (this.#layout.places === undefined) this.#locate(this.#texts(bytes))
      this.spoilt = false
      this.#take()
    } else {
      this.#window.at = start
    }
    return (this.#begun = true)
  }

  resume(taken: number): void {
    this.taken = taken
  }

  #scan(): Scanned {
    const { bytes, at, end, ended } = this.#window
    return this.spoilt ? scanned.none : this.#scanner.scan(bytes, at, end, ended)
  }

  #take(): void {
    this.#window.at = this.#scanner.next
    this.taken += this.#scanner.lines
  }

  /** Finds the columns among the names of the header. */
  #locate(header: readonly string[]): void {
    this.#places = this.#names.map((name) => {
      const place = header.indexOf(name)
      if (place >= 0 && header.indexOf(name, place + 1) < 0) return place
      const listed = header.slice(0, 20).map((text) => JSON.stringify(text.slice(0, 40)))
      const more = header.length > listed.length ? ` and ${header.length - listed.length} more` : ''
      const problem = place < 0 ? 'lacks' : 'has twice'
      throw this.#failure(`the header ${problem} the column ${JSON.stringify(name)}`, 1, 0, {
        hint: `It has ${listed.join(', ')}${more}.`,
      })
    })
    this.#width = this.#least = header.length
  }

  #row(bytes: Buffer, line: number, offset: number): unknown {
    const { columns } = this.#layout
    const template = this.#template
    if (template === undefined) return columns.map((_, i) => this.#value(bytes, i, line, offset))
    const row = { ...template }
    const names = this.#names
    for (let i = 0; i < names.length; i++) row[names[i]] = this.#value(bytes, i, line, offset)
    return row
  }

  #value(bytes: Buffer, i: number, line: number, offset: number): unknown {
    const { starts, ends, doubled } = this.#scanner
    const place = this.#places[i]
    const start = starts[place]
    const end = ends[place]
    const { dtype, defaultValue } = this.#layout.columns[i]
    if (start === end || this.#isNa(bytes, start, end)) {
      if (defaultValue !== undefined) return defaultValue
      throw this.#failure(`column ${this.#called(i)} is empty, and has no defaultValue`, line, offset, {
        hint: `To take it where it is empty, give a default: { dtype: '${dtype}', defaultValue: ... }.`,
      })
    }
    const value =
      doubled[place] === 0 ? csvValue(dtype, bytes, start, end) : csvValueOf(dtype, unescaped(bytes, start, end))
    if (value !== undefined) return value
    const text = bytes.toString('utf8', start, Math.min(end, start + 40))
    throw this.#failure(`column ${this.#called(i)} is ${JSON.stringify(text)}, which is no ${dtype}`, line, offset)
  }

  #isNa(bytes: Buffer, start: number, end: number): boolean {
    const { naValue } = this.#layout
    return naValue.length === end - start && naValue.compare(bytes, start, end) === 0
  }

  #called(i: number): string {
    return this.#template === undefined ? String(this.#places[i]) : JSON.stringify(this.#names[i])
  }

  #texts(bytes: Buffer): string[] {
    const { starts, ends, doubled, count } = this.#scanner
    return Array.from({ length: count }, (_, i) =>
      doubled[i] === 0
        ? bytes.toString('utf8', starts[i], ends[i])
        : unescaped(bytes, starts[i], ends[i]).toString('utf8'),
    )
  }

  #wrongCount(line: number, offset: number): InvalidArgumentError {
    const { count } = this.#scanner
    const wanted = this.#width === undefined ? `at least ${this.#least}` : String(this.#width)
    return this.#failure(
      `there ${count === 1 ? 'is 1 column' : `are ${count} columns`} instead of ${wanted}`,
      line,
      offset,
    )
  }

  #failure(problem: string, line: number, byteOffset: number, more: { hint?: string } = {}): InvalidArgumentError {
    const { file } = this.#window
    const hint = more.hint ?? quoteHints[problem]
    return new InvalidArgumentError(`csv: ${file}: line ${line}: ${problem}.`, { file, line, byteOffset, hint })
  }
}

type Problem = typeof scanned.strayQuote | typeof scanned.afterQuote | typeof scanned.openQuote

const quoteProblems: Readonly<Record<Problem, string>> = {
  [scanned.strayQuote]: 'a quote stands inside a field that does not begin with one',
  [scanned.afterQuote]: 'something follows the quote that closes a field',
  [scanned.openQuote]: 'a quote is not closed before the end of the file',
}

const doubling = 'A field with quotes in it is quoted as a whole, and they are doubled; or set useQuoteDelim to false.'
const quoteHints: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.values(quoteProblems).map((problem) => [problem, doubling]),
)

function csvValueOf(dtype: ReadColumn['dtype'], bytes: Buffer): unknown {
  return csvValue(dtype, bytes, 0, bytes.length)
}

/** A quoted field with its doubled quotes made single. */
function unescaped(bytes: Buffer, start: number, end: number): Buffer {
  return Buffer.from(bytes.toString('latin1', start, end).replaceAll('""', '"'), 'latin1')
}
