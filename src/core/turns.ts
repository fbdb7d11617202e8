/**
 * How what need not wait for anything lets timers, signals and other iterations of its thread have their turn.
 *
 * Each loop that may leave out many elements asks whether a turn is due, and so does whoever takes all elements of an
 * iteration: what one loop does not leave out comes to another, so that nothing goes on for long. A slice of time begins when
 * the clock is read for the first time after the event loop turned, and is over when it turns. The clock is read about once a
 * millisecond: after as many elements as took one before.
 *
 * ```
 *   turn |  elements ... clock ... elements ... clock: due |  turn
 *        |<------------------- slice ------------------->|
 * ```
 */
import { setImmediate } from 'node:timers'

/** How long a thread works on, at the least, before its event loop turns: a turn takes some 10 us. */
const sliceMs = 10
/** How often the clock is read, roughly. */
const readMs = 1
/** Elements before the first reading: few, for each may take long. */
const firstElements = 8
/** Elements between two readings at the most: those that suddenly take long are counted by it too. */
const mostBetween = 4096

/** A slice of time, which ends with the turn of the event loop. */
class Slice {
  readonly #began: number
  readonly #immediate: NodeJS.Immediate
  #turn: Promise<void> | undefined
  #turned: () => void = () => undefined

  constructor(now: number) {
    this.#began = now
    // What only looks whether the loop turned must not keep the process alive.
    this.#immediate = setImmediate(() => {
      slice = undefined
      this.#turned()
    }).unref()
  }

  /** The turn of the event loop, where it is due. */
  turnAt(now: number): Promise<void> | undefined {
    if (now - this.#began < sliceMs) return undefined
    this.#immediate.ref()
    this.#turn ??= new Promise((resolve) => {
      this.#turned = resolve
    })
    return this.#turn
  }
}

let slice: Slice | undefined

/**
 * The turns of the event loop that one loop gives way to: it counts its elements, and asks with each of them, or where a part
 * of them has gone by.
 *
 * @example
 * const turns = new Turns()
 * turns.due(1) // undefined
 */
export class Turns {
  #at = 0
  #between = firstElements
  #readAt: number | undefined

  /** The next turn of the event loop, where it is to be waited for. */
  due(count: number): Promise<void> | undefined {
    return count < this.#at ? undefined : this.#read(count)
  }

  #read(count: number): Promise<void> | undefined {
    const now = performance.now()
    if (this.#readAt !== undefined) {
      const took = Math.max(now - this.#readAt, readMs / 2)
      this.#between = Math.max(1, Math.min(mostBetween, Math.floor((this.#between * readMs) / took)))
    }
    this.#readAt = now
    this.#at = count + this.#between
    slice ??= new Slice(now)
    return slice.turnAt(now)
  }
}

const shared = new Turns()
let counted = 0

/** The same for loops to whose elements two nanoseconds are nothing: they count together. To be asked for each element. */
export function turnIfDue(): Promise<void> | undefined {
  return shared.due(++counted)
}
