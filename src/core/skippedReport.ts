import { checkCount, checkOptions } from './checks.ts'
import { messageOf, MillraceError } from './errors.ts'

/** An element that was left out, and where it failed. */
export interface SkippedElement {
  /** What was thrown. */
  readonly error: unknown
  readonly message: string
  /** The operation that failed, with those before it. */
  readonly path: string
  /** Zero-based index of the element at that operation. */
  readonly index: number
  /** The file that was being read. */
  readonly file: string | undefined
  /** Zero-based number of the record in its file. */
  readonly record: number | undefined
  /** Offset in bytes from the start of the file. */
  readonly byteOffset: number | undefined
}

/** Options of a `SkippedReport`. */
export interface SkippedReportOptions {
  /** Elements that are kept in `first`; 100 by default. The others are counted. */
  readonly keep?: number
}

/**
 * What `ignoreErrors({ report })` left out: filled while the pipeline runs, over all its iterations.
 *
 * @example
 * const report = new SkippedReport()
 * const odd = Dataset.range(4).map((x) => { if (x % 2 === 0) throw new Error('even'); return x })
 * odd.ignoreErrors({ report }) // 1, 3
 * report.count // 2
 * report.first[0].message // 'range.map: the function threw at element 0: even'
 */
export class SkippedReport {
  readonly #keep: number
  #first: SkippedElement[] = []
  #count = 0
  #byOperation = new Map<string, number>()

  constructor(options: SkippedReportOptions = {}) {
    checkOptions('SkippedReport', options, ['keep'])
    this.#keep = checkCount('SkippedReport', 'keep', options.keep ?? 100, { infinite: true })
  }

  /** Elements left out. */
  get count(): number {
    return this.#count
  }

  /** The first of them, in the order in which they failed. */
  get first(): readonly SkippedElement[] {
    return this.#first
  }

  /** How many failed at each operation, by its path. */
  get byOperation(): ReadonlyMap<string, number> {
    return this.#byOperation
  }

  /** Notes an element; called by `ignoreErrors`. */
  add(element: SkippedElement): void {
    this.#count++
    this.#byOperation.set(element.path, (this.#byOperation.get(element.path) ?? 0) + 1)
    if (this.#first.length < this.#keep) this.#first.push(element)
  }

  /** Forgets everything, as before another pass. */
  clear(): void {
    this.#first = []
    this.#count = 0
    this.#byOperation = new Map()
  }

  /** The report as text: a line for the number, one for each operation, and one for each element kept. */
  toString(): string {
    return [
      `${this.#count} left out`,
      ...[...this.#byOperation].map(([path, count]) => `  ${path}: ${count}`),
      ...this.#first.map(({ message }) => `  ${message}`),
    ].join('\n')
  }
}

/** What is known of an element that failed. */
export function skippedElement(error: unknown, path: string, index: number): SkippedElement {
  const known = error instanceof MillraceError ? error : undefined
  const { file, record, byteOffset } = known ?? {}
  const at = known?.path === undefined ? { path, index } : { path: known.path, index: known.index ?? index }
  return { error, message: messageOf(error), ...at, file, record, byteOffset }
}
