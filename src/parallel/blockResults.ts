import { lend } from '../core/lease.ts'
import type { MillraceError } from '../core/errors.ts'
import type { BlockOutcome } from './blockRunner.ts'
import { BlockReader } from './packedBlock.ts'
import { unpackError } from './packedError.ts'
import { spoil } from '../ndarray/spoil.ts'

/**
 * The results of a block, made one by one as they are handed on. Those that lie in the buffer are lent: once all of them
 * are given back (`release`) the buffer is used again, and where one is not it stays theirs for ever.
 */
export class BlockResults {
  readonly #reader: BlockReader
  readonly #errors: ReadonlyMap<number, MillraceError>
  readonly #buffer: SharedArrayBuffer | undefined
  readonly #giveBack: (buffer: SharedArrayBuffer) => void
  #row = 0
  #left: number

  constructor(
    { results, buffer, errors }: BlockOutcome & { kind: 'done' },
    giveBack: (buffer: SharedArrayBuffer) => void,
  ) {
    this.#reader = new BlockReader(results, buffer)
    this.#errors = new Map(errors.map(([offset, error]) => [offset, unpackError(error)]))
    this.#left = results.count
    this.#giveBack = giveBack
    this.#buffer = buffer
    // Nothing lies in it any more: its values were copied out.
    if (buffer !== undefined && !this.#reader.liesInBuffer) giveBack(buffer)
  }

  /** The first error, with its offset. */
  get firstError(): readonly [number, MillraceError] | undefined {
    const [first] = this.#errors
    return first
  }

  /** The result for the element at an offset, one after the other. @throws what the function threw for it */
  take(offset: number): unknown {
    const error = this.#errors.get(offset)
    if (error !== undefined) throw error
    const result = this.#reader.at(this.#row++)
    if (!this.#reader.liesInBuffer) return result
    const buffer = this.#buffer
    if (typeof result === 'object' && result !== null && buffer !== undefined) {
      lend(result, () => {
        spoil(result)
        this.#pass(buffer)
      })
    }
    return result
  }

  #pass(buffer: SharedArrayBuffer): void {
    if (--this.#left === 0) this.#giveBack(buffer)
  }
}
