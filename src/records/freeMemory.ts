/**
 * Memory that was read into and is free again, shared by the readers of one iteration. What is left when the last of them
 * closes is for readers after them, the next pass over the same files most of all: a weak reference keeps it, so that a
 * full garbage collection takes it where no reader did.
 */
export class FreeMemory {
  #free: Uint8Array[] = []
  /** Readers that use it now. */
  #readers = 0

  /** A reader begins to use it. */
  enter(): void {
    this.#readers++
  }

  /** A reader has ended. */
  leave(): void {
    if (--this.#readers > 0 || this.#free.length === 0) return
    const left = spare?.deref() ?? []
    left.push(...this.#free)
    shorten(left)
    spare = new WeakRef(left)
    this.#free = []
  }

  /** Memory of at least so many bytes, whose values are not set: free, unless all that is free is far longer, or new. */
  protected takeFree(bytes: number): Uint8Array {
    return takeShortest(this.#free, bytes) ?? takeShortest(spare?.deref() ?? [], bytes) ?? uninitialized(bytes)
  }

  /** Takes what is free, in the place of the oldest where that is too much. */
  protected addFree(memory: Uint8Array): void {
    this.#free.push(memory)
    shorten(this.#free)
  }
}

/** What readers left that closed. */
let spare: WeakRef<Uint8Array[]> | undefined

/** How much may be free at the same time. */
const mostBytes = 1 << 25
const mostPieces = 16

/** Memory from this size on comes in whole steps, so that what held one chunk holds others that are about as long. */
const stepBytes = 1 << 18
const leastStepped = 1 << 21

function takeShortest(free: Uint8Array[], bytes: number): Uint8Array | undefined {
  let found = -1
  for (let i = 0; i < free.length; i++) {
    const { length } = free[i]
    if (length >= bytes && length <= 2 * bytes && (found < 0 || length < free[found].length)) found = i
  }
  return found < 0 ? undefined : free.splice(found, 1)[0]
}

/** Leaves the youngest pieces, as many as may be. */
function shorten(free: Uint8Array[]): void {
  let bytes = 0
  let first = free.length
  while (first > 0 && free.length - first < mostPieces && bytes + free[first - 1].length <= mostBytes) {
    bytes += free[--first].length
  }
  free.splice(0, first)
}

/** Memory that is not zeroed first, since a read fills it. */
function uninitialized(bytes: number): Uint8Array {
  const length = bytes < leastStepped ? bytes : Math.ceil(bytes / stepBytes) * stepBytes
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}
