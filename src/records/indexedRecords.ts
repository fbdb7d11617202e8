import { checkCount } from '../core/checks.ts'
import { OutOfRangeError } from '../core/errors.ts'
import { expandRecordFiles } from './expandRecordFiles.ts'
import type { RecordPosition } from './frameScanner.ts'
import { RecordFileIndex, type IndexOptions } from './recordFileIndex.ts'

/**
 * The records of several files by one number, the files one after the other: random access for global shuffles, exact
 * lengths and exact shares. `at` takes one read of the file system; calls may overlap.
 *
 * @example
 * await using records = await IndexedRecords.open('train-*.tfrecord')
 * records.length // 20
 * const [, second] = records.split(2)
 * second.from // 10
 * const record = await second.at(0)
 */
export class IndexedRecords {
  readonly #files: readonly RecordFileIndex[]
  /** How many records are before each file, and at last in all. */
  readonly #before: readonly number[]
  /** How many records of the files come before this share's first. */
  readonly from: number
  /** Number of records. */
  readonly length: number

  private constructor(files: readonly RecordFileIndex[], before: readonly number[], from: number, length: number) {
    this.#files = files
    this.#before = before
    this.from = from
    this.length = length
  }

  /**
   * Opens files and their indexes; see RecordFileIndex.open.
   *
   * @param files paths and globs, whose files are sorted by name
   */
  static async open(files: string | readonly string[], options: IndexOptions = {}): Promise<IndexedRecords> {
    const opened: RecordFileIndex[] = []
    const before = [0]
    try {
      for (const { file } of await expandRecordFiles(typeof files === 'string' ? [files] : files)) {
        const index = await RecordFileIndex.open(file, options)
        opened.push(index)
        before.push(before[before.length - 1] + index.length)
      }
    } catch (error) {
      await closeFiles(opened)
      throw error
    }
    return new IndexedRecords(opened, before, 0, before[before.length - 1])
  }

  /** The paths of the files, in order. */
  get files(): readonly string[] {
    return this.#files.map(({ file }) => file)
  }

  /** How many of the records from `i` on are in one file. */
  run(i: number): number {
    const [file, record] = this.#locate(i)
    return Math.min(this.length - i, this.#files[file].length - record)
  }

  /**
   * Record `i`, in memory of its own, both checksums compared.
   *
   * @throws OutOfRangeError beyond the last; DataLossError where it is damaged, or the file was changed
   */
  async at(i: number): Promise<Uint8Array> {
    const [file, record] = this.#locate(i)
    return this.#files[file].read(record)
  }

  /** The file of record `i` (its place in `files`) and where in it the record begins. */
  position(i: number): { readonly file: number } & RecordPosition {
    const [file, record] = this.#locate(i)
    return { file, ...this.#files[file].position(record) }
  }

  /**
   * Shares of neighbouring records for so many workers, that together are exactly these: lengths differ by one at most,
   * the longer first. The shares use the same open files; closing one closes all.
   */
  split(shares: number): IndexedRecords[] {
    checkCount('IndexedRecords', 'shares', shares, { min: 1 })
    const least = Math.floor(this.length / shares)
    const longer = this.length % shares
    return Array.from({ length: shares }, (_, i) => {
      const from = this.from + i * least + Math.min(i, longer)
      return new IndexedRecords(this.#files, this.#before, from, least + (i < longer ? 1 : 0))
    })
  }

  /** Closes the files; may be called again. */
  close(): Promise<void> {
    return closeFiles(this.#files)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #locate(i: number): [file: number, record: number] {
    checkCount('IndexedRecords', 'i', i)
    if (i >= this.length) throw new OutOfRangeError(`there are ${this.length} records, and record ${i} was asked for.`)
    const wanted = this.from + i
    let low = 0
    for (let high = this.#files.length; high - low > 1;) {
      const middle = (low + high) >> 1
      if (this.#before[middle] <= wanted) low = middle
      else high = middle
    }
    return [low, wanted - this.#before[low]]
  }
}

async function closeFiles(files: readonly RecordFileIndex[]): Promise<void> {
  await Promise.all(files.map((file) => file.close()))
}
