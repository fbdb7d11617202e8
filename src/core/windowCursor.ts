import { checkBoolean, checkCount, checkOptions } from './checks.ts'
import { after, END, isEnd, type Cursor, type Pull } from './cursor.ts'
import { ReadAhead, type ReadAheadState } from './readAhead.ts'
import type { Cardinality, Upstream } from './stage.ts'
import type { State } from './state.ts'
import { turnIfDue } from './turns.ts'

/** Options of windows. */
export interface WindowOptions {
  /** Elements between the beginnings of two windows; the size by default, so that windows touch. */
  readonly shift?: number
  /** Elements between two of the same window; 1 by default. */
  readonly stride?: number
  /** Whether windows of fewer elements, at the end, are left out; false by default. */
  readonly dropRemainder?: boolean
}

/** The options with their defaults. */
export interface WindowShape {
  readonly size: number
  readonly shift: number
  readonly stride: number
  readonly dropRemainder: boolean
}

/** Refuses a size and options that make no windows, and fills in the defaults. */
export function checkWindow(operation: string, size: number, options: WindowOptions): WindowShape {
  checkCount(operation, 'size', size, { min: 1 })
  checkOptions(operation, options, ['shift', 'stride', 'dropRemainder'])
  const shift = checkCount(operation, 'shift', options.shift ?? size, { min: 1 })
  const stride = checkCount(operation, 'stride', options.stride ?? 1, { min: 1 })
  const dropRemainder = checkBoolean(operation, 'dropRemainder', options.dropRemainder ?? false)
  return { size, shift, stride, dropRemainder }
}

/** Number of windows over as many elements. */
export function windowCount(length: Cardinality, shape: WindowShape): Cardinality {
  if (length === undefined || length === Infinity) return length
  return shape.dropRemainder
    ? Math.max(0, Math.floor((length - span(shape)) / shape.shift) + 1)
    : Math.ceil(length / shape.shift)
}

/** Elements from the first to the last of a window. */
function span({ size, stride }: WindowShape): number {
  return (size - 1) * stride + 1
}

interface WindowState {
  /** Windows delivered. */
  readonly index: number
  /** Elements between what `upstream` delivered and the next window. */
  readonly gap: number
  readonly upstream: ReadAheadState
}

/** An element that failed; every window that would hold it fails, or else the last that passes over it. */
class Failed {
  readonly error: unknown
  told = false

  constructor(error: unknown) {
    this.error = error
  }

  tell(): unknown {
    this.told = true
    return this.error
  }
}

/**
 * Windows over an upstream, each made into something by a function. Elements that several windows share are read once
 * and kept; the state is the place before the oldest of them, from which they are read again.
 */
export class WindowCursor<T, W> implements Cursor<W> {
  readonly #source: ReadAhead<T>
  readonly #shape: WindowShape
  readonly #span: number
  readonly #make: (rows: T[], first: number) => W
  #kept: (T | Failed)[] = []
  /** How many of them failed. */
  #failures = 0
  #index: number
  #gap: number
  #ended = false

  /** @param make makes a window of its elements and the index of the first one */
  constructor(upstream: Upstream<T>, shape: WindowShape, make: (rows: T[], first: number) => W, state?: State) {
    const { index = 0, gap = 0, upstream: inner } = (state ?? {}) as Partial<WindowState>
    this.#source = new ReadAhead(upstream, inner)
    this.#shape = shape
    this.#span = span(shape)
    this.#make = make
    this.#index = index
    this.#gap = gap
  }

  next(): Pull<W> {
    const ready = this.#prepare()
    if (ready instanceof Promise) return ready.then(() => this.#cut())
    return this.#cut()
  }

  skip(count: number): number | Promise<number> {
    if (count === 0) return 0
    return after(this.#source.catchUp(), () => after(this.#passGap(), () => this.#passWindows(count)))
  }

  state() {
    return { index: this.#index, gap: this.#gap, upstream: this.#source.state() }
  }

  close(): void | Promise<void> {
    this.#kept = []
    return this.#source.cursor.close()
  }

  /** Makes the next window of what is kept. */
  #cut(): W | typeof END {
    const { shift, stride, dropRemainder } = this.#shape
    const kept = this.#kept
    if (kept.length === 0 || (dropRemainder && kept.length < this.#span)) return this.#end()
    const rows = stride === 1 ? kept : kept.filter((_, i) => i % stride === 0)
    const failed = this.#failures === 0 ? undefined : (rows.find(isFailed) ?? kept.slice(0, shift).find(isUntold))
    this.#drop(shift)
    const first = this.#index++ * shift
    if (failed !== undefined) throw failed.tell()
    return this.#make(rows as T[], first)
  }

  /** The end, once every failure among elements of no window was told of. */
  #end(): typeof END {
    const place = this.#failures === 0 ? -1 : this.#kept.findIndex(isUntold)
    if (place === -1) return END
    const untold = this.#kept[place] as Failed
    // What lies before it is of no window either: a state saved now is not to tell of it again.
    this.#drop(place + 1)
    throw untold.tell()
  }

  /** Leaves the elements before the next beginning behind. */
  #drop(count: number): void {
    const dropped = Math.min(count, this.#kept.length)
    this.#source.didDeliver(dropped)
    this.#kept = dropped === this.#kept.length ? [] : this.#kept.slice(dropped)
    if (this.#failures > 0) this.#failures = this.#kept.filter(isFailed).length
    this.#gap = this.#ended ? 0 : count - dropped
  }

  /** Passes over windows, but not over the gap behind the last of them: what fails there is told of by the next pull. */
  #passWindows(count: number): number | Promise<number> {
    const { shift } = this.#shape
    const kept = this.#kept.length
    const jump = (count - 1) * shift
    if (this.#ended) {
      this.#drop(jump + shift)
      return this.#passed(count, kept)
    }
    this.#drop(jump)
    return after(this.#passGap(), (missing) => {
      if (missing > 0) return this.#passed(count, Math.max(jump, kept) - missing)
      return after(this.#fill(), () => {
        const passed = this.#passed(count, this.#ended ? jump + this.#kept.length : Infinity)
        if (passed === count) this.#drop(shift)
        return passed
      })
    })
  }

  /** Counts windows passed over, of an input of so many elements from the first of them on. */
  #passed(count: number, length: number): number {
    const passed = Math.min(count, windowCount(length, this.#shape) ?? count)
    this.#index += passed
    return passed
  }

  #prepare(): void | Promise<void> {
    const caughtUp = this.#source.catchUp()
    if (caughtUp === undefined && this.#gap === 0) return this.#fill()
    return after(caughtUp, () => after(this.#passGap(), () => this.#fill()))
  }

  /** Reads until the next window is whole, or the input ends. */
  #fill(): void | Promise<void> {
    while (!this.#ended && this.#kept.length < this.#span) {
      this.#source.willRead()
      try {
        const element = this.#source.cursor.next()
        if (element instanceof Promise) return this.#fillAsync(element)
        this.#keep(element)
      } catch (error) {
        this.#keepFailure(error)
      }
    }
  }

  async #fillAsync(pending: Promise<T | typeof END>): Promise<void> {
    try {
      this.#keep(await pending)
    } catch (error) {
      this.#keepFailure(error)
    }
    await this.#fill()
  }

  #keep(element: T | typeof END): void {
    if (isEnd(element)) this.#ended = true
    else this.#kept.push(element)
  }

  #keepFailure(error: unknown): void {
    this.#source.didFail()
    this.#kept.push(new Failed(error))
    this.#failures++
  }

  /** Passes over the elements before the next window; says how many of them were missing, because the input ended. */
  #passGap(): number | Promise<number> {
    const count = this.#gap
    if (count === 0) return 0
    if (this.#source.cursor.skip === undefined) return this.#passSingly()
    const settle = (passed: number): number => {
      this.#gap = 0
      this.#ended ||= passed < count
      return count - passed
    }
    const lose = (error: unknown): never => {
      // Nobody knows how far a failed skip came.
      this.#gap = 0
      this.#ended = true
      throw error
    }
    try {
      const passed = this.#source.skip(count)
      return passed instanceof Promise ? passed.then(settle, lose) : settle(passed)
    } catch (error) {
      return lose(error)
    }
  }

  /** Pulls the elements one by one where they cannot be skipped: one that fails counts as well. */
  #passSingly(): number | Promise<number> {
    while (this.#gap > 0) {
      this.#source.willRead()
      this.#source.didDeliver()
      this.#gap--
      const element = this.#pullInGap()
      if (element instanceof Promise) {
        return element.then((settled) => (isEnd(settled) ? this.#endInGap() : this.#passSingly()))
      }
      if (isEnd(element)) return this.#endInGap()
      const turn = turnIfDue()
      if (turn !== undefined) return turn.then(() => this.#passSingly())
    }
    return 0
  }

  #pullInGap(): Pull<T> {
    const fail = (error: unknown): never => {
      this.#source.didFail()
      throw error
    }
    try {
      const element = this.#source.cursor.next()
      return element instanceof Promise ? element.catch(fail) : element
    } catch (error) {
      return fail(error)
    }
  }

  #endInGap(): number {
    const missing = this.#gap + 1
    this.#gap = 0
    this.#ended = true
    return missing
  }
}

function isFailed(row: unknown): row is Failed {
  return row instanceof Failed
}

function isUntold(row: unknown): row is Failed {
  return isFailed(row) && !row.told
}
