import { after, type Cursor } from './cursor.ts'

/** The next pass, which fills its buffer an element at a time before it is asked for one. */
export class PassAhead<T> {
  readonly #open: (pass: number) => Cursor<T>
  #cursor: Cursor<T> | undefined
  #filling: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #done = false

  constructor(open: (pass: number) => Cursor<T>) {
    this.#open = open
  }

  /** Reads one more element of a pass; what fails is kept for when the pass has its turn. */
  fill(pass: number): void {
    if (this.#done || this.#filling !== undefined) return
    if (this.#cursor === undefined && !this.#begin(pass)) return
    try {
      const more = this.#cursor?.fill?.() ?? false
      if (more instanceof Promise) this.#filling = this.#wait(more)
      else this.#done = !more
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Whether the pass could be opened; where not, it will be tried again when it has its turn. */
  #begin(pass: number): boolean {
    try {
      this.#cursor = this.#open(pass)
    } catch {
      this.#done = true
    }
    return !this.#done
  }

  /** Hands the pass over, where it was begun. */
  take(): Cursor<T>[] {
    const cursor = this.#cursor
    this.#cursor = undefined
    this.#done = false
    return cursor === undefined ? [] : [cursor]
  }

  /** Waits for an element being read, and throws what failed; to be called when the pass has its turn. */
  settle(): void | Promise<void> {
    return after(this.#filling, () => {
      const failure = this.#failure
      this.#failure = undefined
      if (failure !== undefined) throw failure.error
    })
  }

  async #wait(more: Promise<boolean>): Promise<void> {
    try {
      this.#done = !(await more)
    } catch (error) {
      this.#fail(error)
    }
    this.#filling = undefined
  }

  #fail(error: unknown): void {
    this.#failure = { error }
    this.#done = true
  }
}
