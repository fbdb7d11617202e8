import type { END } from '../core/cursor.ts'
import type { Dataset } from '../dataset/dataset.ts'
import type { DatasetIterator } from '../dataset/datasetIterator.ts'
import type { IteratorState } from '../dataset/iteratorState.ts'

/**
 * The passes over a dataset, one after the other. As soon as the one at hand has nothing left to read, the next one may
 * begin to, so that threads fill their buffers for it while the last batches, and a validation, take their time.
 */
export class Passes<T> {
  readonly #dataset: Dataset<T>
  readonly #profile: boolean
  #ahead: { readonly epoch: number; readonly pass: Pass<T> } | undefined

  constructor(dataset: Dataset<T>, profile: boolean) {
    this.#dataset = dataset
    this.#profile = profile
  }

  /** The pass of an epoch, from its start or a place in it. */
  open(epoch: number, state: IteratorState | undefined): Pass<T> {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead?.epoch === epoch && state === undefined) return ahead.pass
    return new Pass(
      this.#dataset.iterator({ epoch, profile: this.#profile, ...(state === undefined ? {} : { state }) }),
    )
  }

  /** Begins to read a pass before its turn; once only. */
  begin(epoch: number): void {
    if (this.#ahead !== undefined) return
    const pass = this.open(epoch, undefined)
    pass.begin()
    this.#ahead = { epoch, pass }
  }

  /** Ends a pass that was begun, and whose turn never came. */
  async close(): Promise<void> {
    await this.#ahead?.pass.close()
  }
}

/** One pass. */
export class Pass<T> {
  readonly #iterator: DatasetIterator<T>
  /** The first batch, where it was asked for before its turn. */
  #first: Promise<T | typeof END> | undefined

  constructor(iterator: DatasetIterator<T>) {
    this.#iterator = iterator
  }

  /** Whether its last batches are all that its threads still make. */
  get exhausted(): boolean {
    return this.#iterator.exhausted
  }

  /** What the profiler names as the slowest part. */
  get bottleneck(): string | undefined {
    return this.#iterator.stats().bottleneck
  }

  /** Asks for the first batch. What fails waits for its turn. */
  begin(): void {
    const pull = async (): Promise<T | typeof END> => this.#iterator.pull()
    this.#first = pull()
    this.#first.catch(() => undefined)
  }

  /** The next batch, or END; END too where the run is aborted while it is waited for. */
  pull(signal: AbortSignal | undefined): T | typeof END | Promise<T | typeof END> {
    const first = this.#first
    if (first !== undefined) this.#first = undefined
    const pulled = first ?? this.#iterator.pull()
    if (!(pulled instanceof Promise) || signal === undefined) return pulled
    const onAbort = (): void => void this.#iterator.return()
    signal.addEventListener('abort', onAbort, { once: true })
    return pulled.finally(() => signal.removeEventListener('abort', onAbort))
  }

  /** The place after the last batch. */
  save(): IteratorState {
    return this.#iterator.save()
  }

  async close(): Promise<void> {
    await this.#iterator.return()
  }
}
