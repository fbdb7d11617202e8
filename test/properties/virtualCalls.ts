/** Lets promises settle and immediates run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

interface Call {
  readonly key: number
  readonly resolve: (value: number) => void
  readonly reject: (error: Error) => void
}

/** Calls in flight that end when, and in the order in which, the test says. */
export class VirtualCalls {
  #calls: Call[] = []
  #all = false

  /** Keys of the calls that have not ended. */
  get open(): number[] {
    return this.#calls.map(({ key }) => key)
  }

  /** Starts a call that gives its own key. */
  call(key: number): Promise<number> {
    if (this.#all) return Promise.resolve(key)
    return new Promise((resolve, reject) => void this.#calls.push({ key, resolve, reject }))
  }

  finish(key: number): void {
    this.#take(key).resolve(key)
  }

  fail(key: number, error: Error): void {
    this.#take(key).reject(error)
  }

  /** Ends all calls, those yet to come included until the current turn is over. */
  finishAll(): void {
    for (const key of this.open) this.finish(key)
    this.#all = true
    setImmediate(() => {
      this.#all = false
    })
  }

  #take(key: number): Call {
    const at = this.#calls.findIndex((call) => call.key === key)
    if (at === -1) throw new Error(`no call ${key} is open`)
    return this.#calls.splice(at, 1)[0]
  }
}
