/**
 * A stage that keeps one whole pass over its input and gives that from then on: a cache or a snapshot.
 *
 * What is kept is pass 0 of the input under the seed of the pipeline, whichever pass fills it and wherever in a plan it
 * is used. So the elements do not depend on whether the pass was kept already, and a restored run goes on exactly, also
 * where what was kept is gone.
 */
import { locateError } from './checks.ts'
import { after, END, isEnd, pump, skipElements, type Cursor, type Pull } from './cursor.ts'
import type { StageContext, Upstream } from './stage.ts'
import type { State } from './state.ts'

/** Keeps the pass of one input under one seed. */
export interface PassStore<T> {
  /**
   * A cursor on the kept pass, from a state of such a cursor or else from element `index`; undefined where none is kept.
   */
  read(index: number, state: State | undefined): Cursor<T> | undefined | Promise<Cursor<T> | undefined>
  /** Begins to keep a pass. */
  write(): PassWriter<T> | Promise<PassWriter<T>>
}

/** A pass that is being kept; it counts only once it is committed. Calls do not overlap. */
export interface PassWriter<in T> {
  add(element: T): void | Promise<void>
  commit(): void | Promise<void>
  /** Gives it up, once an `add` in flight is done. Never fails. */
  discard(): void | Promise<void>
}

interface KeptPassState {
  /** Elements delivered. */
  readonly index: number
  /** Of the input, where it was read; null where the kept pass was, or before the first element. */
  readonly upstream: State | null
  /** Of the kept pass, where that was read. */
  readonly kept: State | null
}

/** Reads the kept pass where there is one; else the input, and keeps what it gives. */
export class KeptPassCursor<T> implements Cursor<T> {
  readonly #input: Upstream<T>
  readonly #store: PassStore<T>
  readonly #context: StageContext
  readonly #start: KeptPassState
  #index: number
  /** The kept pass or the input; undefined before the first pull. */
  #cursor: Cursor<T> | undefined
  #reads: 'kept' | 'input' | undefined
  #writer: PassWriter<T> | undefined
  /** Work on the store that `close` must wait for; it never rejects. */
  #busy: Promise<void> | undefined
  #closed = false

  constructor(input: Upstream<T>, store: PassStore<T>, context: StageContext, state?: State) {
    const { index = 0, upstream = null, kept = null } = (state ?? {}) as Partial<KeptPassState>
    this.#input = input
    this.#store = store
    this.#context = context
    this.#start = { index, upstream, kept }
    this.#index = index
  }

  next(): Pull<T> {
    const cursor = this.#cursor
    if (cursor === undefined) return after(this.#open(), (opened) => (opened === undefined ? END : this.#pull(opened)))
    if (this.#writer !== undefined) return this.#pull(cursor)
    // Counted before the pull, for an element that fails is counted too.
    this.#index++
    const element = cursor.next()
    if (element instanceof Promise) return element.then((settled) => this.#deliver(settled))
    if (isEnd(element)) this.#index--
    return element
  }

  skip(count: number): number | Promise<number> {
    return after(this.#cursor ?? this.#open(), (cursor) => {
      if (cursor === undefined || count === 0) return 0
      // A pass that is being kept needs every element.
      if (this.#writer !== undefined) return this.#pass(count)
      return after(skipElements(cursor, count), (skipped) => {
        this.#index += skipped
        return skipped
      })
    })
  }

  state() {
    const { upstream, kept } = this.#start
    const cursor = this.#cursor
    return {
      index: this.#index,
      upstream: this.#reads === undefined ? upstream : this.#reads === 'input' ? (cursor?.state() ?? null) : null,
      kept: this.#reads === undefined ? kept : this.#reads === 'kept' ? (cursor?.state() ?? null) : null,
    }
  }

  close(): void | Promise<void> {
    this.#closed = true
    if (this.#busy !== undefined) return this.#busy.then(() => this.#free())
    return this.#free()
  }

  #free(): void | Promise<void> {
    const writer = this.#writer
    this.#writer = undefined
    const discarded = writer?.discard()
    const closed = this.#cursor?.close()
    return after(discarded, () => closed)
  }

  #pass(count: number): number | Promise<number> {
    let passed = 0
    return after(
      pump(this, () => ++passed < count),
      () => passed,
    )
  }

  /** Opens the kept pass, or the input and a writer; undefined where it was closed meanwhile. */
  #open(): Cursor<T> | undefined | Promise<Cursor<T> | undefined> {
    const { index, kept } = this.#start
    const opening = after(this.#read(index, kept ?? undefined), () => {
      // An endless pass is never whole.
      const keeps = index === 0 && this.#input.cardinality !== Infinity
      if (this.#cursor === undefined && keeps) return this.#write()
    })
    return after(this.#hold(opening), () => {
      if (this.#closed || this.#cursor !== undefined) return this.#closed ? undefined : this.#cursor
      return this.#openInput()
    })
  }

  #read(index: number, state: State | undefined): void | Promise<void> {
    return after(this.#store.read(index, state), (cursor) => {
      this.#cursor = cursor
      if (cursor !== undefined) this.#reads = 'kept'
    })
  }

  #write(): void | Promise<void> {
    return after(this.#store.write(), (writer) => {
      this.#writer = writer
    })
  }

  #openInput(): Cursor<T> | Promise<Cursor<T>> {
    const { index, upstream } = this.#start
    const seed = this.#context.pipelineSeed ?? this.#context.seed
    const cursor = this.#input.open(upstream ?? undefined, { epoch: 0, seed })
    this.#cursor = cursor
    this.#reads = 'input'
    if (index === 0 || upstream !== null) return cursor
    return after(skipElements(cursor, index), () => cursor)
  }

  #pull(cursor: Cursor<T>): Pull<T> {
    this.#index++
    let element
    try {
      element = cursor.next()
    } catch (error) {
      return this.#fail(error)
    }
    if (element instanceof Promise) {
      return element.then(
        (settled) => this.#deliver(settled),
        (error: unknown) => this.#fail(error),
      )
    }
    return this.#deliver(element)
  }

  #deliver(element: T | typeof END): Pull<T> {
    const writer = this.#writer
    const index = this.#index - 1
    if (isEnd(element)) this.#index = index
    if (writer === undefined) return element
    try {
      const added = isEnd(element) ? this.#commit(writer) : this.#add(writer, element)
      return added === undefined
        ? element
        : added.then(() => element).catch((error: unknown) => this.#lose(error, index))
    } catch (error) {
      return this.#lose(error, index)
    }
  }

  #add(writer: PassWriter<T>, element: T): void | Promise<void> {
    const added = writer.add(element)
    if (added !== undefined) return added.then(() => this.#commitLast(writer))
    if (this.#index === this.#input.cardinality) return this.#commit(writer)
  }

  /** Whoever takes all elements and no more, as `take` does, has made a whole pass. */
  #commitLast(writer: PassWriter<T>): void | Promise<void> {
    if (this.#index === this.#input.cardinality && this.#writer === writer) return this.#commit(writer)
  }

  #commit(writer: PassWriter<T>): void | Promise<void> {
    return after(this.#hold(writer.commit()), () => {
      this.#writer = undefined
    })
  }

  /** Keeping failed, and not the input. */
  #lose(error: unknown, index: number): Pull<T> {
    return this.#fail(locateError(error, this.#context.path, index, 'keeping failed'))
  }

  /** A pass in which an element failed is not kept. */
  #fail(error: unknown): Pull<T> {
    const writer = this.#writer
    this.#writer = undefined
    return after(writer?.discard(), () => {
      throw error
    })
  }

  /** Makes `close` wait for a promise. */
  #hold<R>(work: R | Promise<R>): R | Promise<R> {
    if (!(work instanceof Promise)) return work
    const done = (): void => {
      this.#busy = undefined
    }
    this.#busy = work.then(done, done)
    return work
  }
}
