/*
 * A queue from one thread to another, in shared memory. The producer writes each element once, into a free slot; the
 * consumer reads it there and gives the slot back, in whatever order.
 *
 *             order: | 2 | 0 | M | 1 |     M: an element that travels as a message
 *   producer  ----->   ^ read    ^ written   ----->  consumer
 *             slots: [0 full] [1 full] [2 lent] [3 free]
 *
 * Invariant: a slot is written by the producer only while it is free, and read by the consumer only while it is not.
 * `written - read` is at most the number of slots, so `order` never overruns. All counters only grow (modulo 2^32).
 *
 * control, 32-bit words:
 *   0 written   elements the producer has published
 *   1 read      elements the consumer has taken
 *   2 freed     grows with each change that lets the producer go on; it sleeps on this word
 *   3 closed    1 once the consumer wants no more
 *   4 waiting   1 while the consumer sleeps and wants a message at the next element
 *   5 ...       state of each slot, then `order`: the slot of each element in flight, or -1 for a message
 */

const written = 0
const read = 1
const freed = 2
const closed = 3
const waiting = 4
const headWords = 5

const free = 0
const taken = 1

/** In `order`: the element is not in a slot, but in a message that was sent before it was published. */
export const inMessage = -1

/** The control words that both ends of a ring share. */
export class Ring {
  readonly control: SharedArrayBuffer
  readonly slots: number
  readonly #words: Int32Array
  readonly #orderMask: number

  /** @param control that of the other end, or nothing to make a new ring */
  constructor(slots: number, control?: SharedArrayBuffer) {
    // A power of two, so that places follow on also where the counters wrap.
    const orderWords = 2 ** Math.ceil(Math.log2(slots))
    this.control = control ?? new SharedArrayBuffer(4 * (headWords + slots + orderWords))
    this.slots = slots
    this.#orderMask = orderWords - 1
    this.#words = new Int32Array(this.control)
  }

  /** Elements published and not taken. */
  inFlight(): number {
    return (Atomics.load(this.#words, written) - Atomics.load(this.#words, read)) | 0
  }

  /** Producer: a free slot, or undefined where it must wait for one or for room in the queue. */
  acquire(): number | undefined {
    if (this.inFlight() >= this.slots) return undefined
    for (let slot = 0; slot < this.slots; slot++) {
      if (Atomics.load(this.#words, headWords + slot) === free) return slot
    }
    return undefined
  }

  /** Producer: waits until the consumer has freed something since `acquire` failed. Does not keep the thread alive. */
  async waitForRoom(): Promise<void> {
    const seen = Atomics.load(this.#words, freed)
    if (this.isClosed() || this.acquire() !== undefined) return
    await waitAsync(this.#words, freed, seen)
  }

  /** Producer: publishes a written slot, or a message; returns whether the consumer sleeps and must be woken. */
  publish(slot: number): boolean {
    if (slot !== inMessage) Atomics.store(this.#words, headWords + slot, taken)
    const count = Atomics.load(this.#words, written)
    Atomics.store(this.#words, headWords + this.slots + this.#place(count), slot)
    Atomics.store(this.#words, written, count + 1)
    return Atomics.exchange(this.#words, waiting, 0) === 1
  }

  /** Whether the consumer wants no more. */
  isClosed(): boolean {
    return Atomics.load(this.#words, closed) === 1
  }

  /** Consumer: the slot of the next element, `inMessage`, or undefined where there is none yet. */
  take(): number | undefined {
    if (this.inFlight() === 0) return undefined
    const count = Atomics.load(this.#words, read)
    const slot = Atomics.load(this.#words, headWords + this.slots + this.#place(count))
    Atomics.store(this.#words, read, count + 1)
    this.#signal()
    return slot
  }

  /** Consumer: asks to be woken at the next element; false where one is there already. */
  sleep(): boolean {
    Atomics.store(this.#words, waiting, 1)
    return this.inFlight() === 0
  }

  /** Consumer: gives a slot back to be written anew. */
  free(slot: number): void {
    Atomics.store(this.#words, headWords + slot, free)
    this.#signal()
  }

  /** Consumer: wants no more. */
  close(): void {
    Atomics.store(this.#words, closed, 1)
    this.#signal()
  }

  #signal(): void {
    Atomics.add(this.#words, freed, 1)
    Atomics.notify(this.#words, freed)
  }

  #place(count: number): number {
    return count & this.#orderMask
  }
}

/** Waits without blocking the thread, so that what the pipeline reads ahead goes on meanwhile. */
async function waitAsync(words: Int32Array, index: number, seen: number): Promise<void> {
  const result = Atomics.waitAsync(words, index, seen)
  if (result.async) await result.value
}
