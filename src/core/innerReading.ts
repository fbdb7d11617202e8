import { END } from './cursor.ts'
import type { InnerDataset } from './innerDatasets.ts'
import { ReadAhead, type ReadAheadState } from './readAhead.ts'
import type { State } from './state.ts'

/** What a pull gave; an error waits for its turn like an element. */
export type Outcome<R> = { readonly element: R | typeof END } | { readonly error: unknown }

/** How many pulls may be pending among several readings, and what is done after each. */
export interface PullQuota {
  readonly most: number
  pending: number
  readonly settled: () => void
}

/** An inner dataset that is read ahead into a buffer, one pull at a time. */
export class InnerReading<R> {
  /** Index of the element that the dataset was made of. */
  readonly index: number
  readonly #source: ReadAhead<R>
  readonly #bufferSize: number
  readonly #quota: PullQuota
  readonly #buffer: Outcome<R>[] = []
  #pulling = false
  #ended = false

  constructor({ index, upstream }: InnerDataset<R>, bufferSize: number, quota: PullQuota, state?: State) {
    this.index = index
    this.#source = new ReadAhead(upstream, state)
    this.#bufferSize = bufferSize
    this.#quota = quota
  }

  /** Whether an outcome is there. */
  get ready(): boolean {
    return this.#buffer.length > 0
  }

  /** Whether its end was read; it may yet have to be taken. */
  get ended(): boolean {
    return this.#ended
  }

  /** Passes over what was delivered before; to be awaited once, before the first `read()`, where there is a state. */
  catchUp(): void | Promise<void> {
    return this.#source.catchUp()
  }

  /** Pulls until the buffer is full, something must be waited for, or no more pulls may be pending. */
  read(): void {
    while (!this.#pulling && !this.#ended && this.#buffer.length < this.#bufferSize) {
      if (this.#quota.pending >= this.#quota.most) return
      this.#source.willRead()
      let element
      try {
        element = this.#source.cursor.next()
      } catch (error) {
        this.#buffer.push({ error })
        continue
      }
      if (element instanceof Promise) this.#await(element)
      else this.#keep(element)
    }
  }

  /** The next outcome, or undefined where it is not there yet. */
  take(): Outcome<R> | undefined {
    const outcome = this.#buffer.shift()
    if (outcome !== undefined && !('element' in outcome && outcome.element === END)) this.#source.didDeliver()
    return outcome
  }

  /** The place after the last outcome taken. */
  state(): ReadAheadState {
    return this.#source.state()
  }

  close(): void | Promise<void> {
    this.#ended = true
    return this.#source.cursor.close()
  }

  #keep(element: R | typeof END): void {
    this.#buffer.push({ element })
    this.#ended ||= element === END
  }

  #await(pending: Promise<R | typeof END>): void {
    this.#pulling = true
    this.#quota.pending++
    void pending
      .then(
        (element) => this.#keep(element),
        (error: unknown) => void this.#buffer.push({ error }),
      )
      .then(() => {
        this.#pulling = false
        this.#quota.pending--
        this.#quota.settled()
      })
  }
}
