/** Memory of a process, looked at again and again while it works. */
export interface MemorySeries {
  /** Bytes that the process has of the machine. */
  readonly resident: readonly number[]
  /** Bytes of objects and buffers that V8 holds. */
  readonly live: readonly number[]
}

/** Looks at the memory of this process while elements go by. */
export class MemoryWatch {
  readonly #stride: number
  readonly #resident: number[] = []
  readonly #live: number[] = []
  #seen = 0

  /**
   * @param elements how many will go by
   * @param looks how often the memory is looked at in all
   */
  constructor(elements: number, looks = 100) {
    this.#stride = Math.max(1, Math.floor(elements / looks))
  }

  get series(): MemorySeries {
    return { resident: this.#resident, live: this.#live }
  }

  /** An element went by. */
  readonly see = (): void => {
    if (++this.#seen % this.#stride !== 0) return
    // Garbage is no growth. The second collection ends the sweeping of buffers that the first one began.
    globalThis.gc?.()
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    this.#resident.push(rss)
    this.#live.push(heapUsed + external)
  }
}
