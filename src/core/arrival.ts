/** How one pull waits for what calls in flight will bring. */
export class Arrival {
  #look: () => void = () => undefined

  /** Something came, or nothing more will: whoever waits looks again. */
  announce(): void {
    this.#look()
  }

  /** What `take` gives, once it gives something other than undefined; it is asked after each announcement. */
  async waitFor<R>(take: () => R | undefined): Promise<R> {
    for (;;) {
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
      const taken = take()
      if (taken !== undefined) return taken
    }
  }
}
