import { DataLossError } from '../core/errors.ts'
import type { FileInput, NamedSource } from '../files/fileInput.ts'
import { expandRecordFiles } from '../records/expandRecordFiles.ts'
import { KeptMemory, ReusedMemory, type ChunkMemory } from '../records/chunkMemory.ts'
import type { FrameOptions, RecordPosition } from '../records/frameScanner.ts'
import { RecordReader, tooMany, type DamageOptions, type RecordReaderOptions } from '../records/recordReader.ts'
import type { SkippedSpan } from '../records/resync.ts'

/** How each of several files is read. */
export type FilesOptions = FrameOptions & DamageOptions & Pick<RecordReaderOptions, 'chunkBytes' | 'compression'>

/** The files of one reading: found at its start, opened one by one, the damage in all of them counted together. */
export class RecordFiles {
  readonly #inputs: readonly FileInput[]
  readonly #options: FilesOptions
  #found: readonly NamedSource[] | undefined
  /** The file after those opened, got ready while the last of them ends. */
  #ready: { readonly file: number; readonly reader: RecordReader } | undefined
  #skipped = 0
  #memory: ChunkMemory = new KeptMemory()

  constructor(inputs: readonly FileInput[], options: FilesOptions) {
    this.#inputs = inputs
    this.#options = options
  }

  /** Finds the files that globs stand for; undefined once that is done. */
  find(): Promise<void> | undefined {
    if (this.#found !== undefined) return undefined
    return expandRecordFiles(this.#inputs).then((found) => {
      this.#found = found
    })
  }

  /** From now on records are lent: memory is used again once the next record of a file is asked for. */
  lend(): void {
    this.#memory = new ReusedMemory()
  }

  /** Number of files; 0 before find(). */
  get count(): number {
    return this.#found?.length ?? 0
  }

  /** Opens a file; undefined beyond the last. */
  open(file: number, start: RecordPosition = { record: 0, byteOffset: 0 }): RecordReader | undefined {
    const ready = this.#ready
    if (ready?.file === file && start.byteOffset === 0) {
      this.#ready = undefined
      return ready.reader
    }
    const named = this.#found?.[file]
    if (named === undefined) return undefined
    const onSkip = (span: SkippedSpan): void => {
      this.#count(span)
    }
    return new RecordReader(named.source(), { ...this.#options, maxSkipped: Infinity, start, onSkip }, this.#memory)
  }

  /** Reads the first chunk of a file that will be opened next. */
  prepare(file: number): void {
    if (this.#ready !== undefined) return
    const reader = this.open(file)
    if (reader === undefined) return
    reader.prepare()
    this.#ready = { file, reader }
  }

  async close(): Promise<void> {
    const ready = this.#ready
    this.#ready = undefined
    await ready?.reader.close()
  }

  #count(span: SkippedSpan): void {
    const { maxSkipped = Infinity, onSkip } = this.#options
    if (this.#skipped++ >= maxSkipped) throw tooMany(new DataLossError(span.reason, span), maxSkipped)
    onSkip?.(span)
  }
}
