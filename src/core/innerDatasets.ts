import { END, isEnd, type Pull } from './cursor.ts'
import { HeldUpstream, type HeldState } from './heldUpstream.ts'
import { checkInner, innerUpstream } from './innerDataset.ts'
import type { Source, StageContext, Upstream } from './stage.ts'
import type { State } from './state.ts'
import { UserFunction, type ElementFunction } from './userFunction.ts'

/** The dataset that was made of the element `index`; opened from the start or from a state. */
export interface InnerDataset<out R> {
  readonly index: number
  readonly upstream: Upstream<R>
}

/**
 * The datasets that a user's function makes of the elements of an upstream, one after the other. The element of each is
 * held until the dataset is released; restoring reads the elements held again, and calls the function again with the
 * same index.
 */
export class InnerDatasets<T, R> {
  readonly #input: HeldUpstream<T>
  readonly #fn: UserFunction<T, Source<R>>
  readonly #context: StageContext

  constructor(
    upstream: Upstream<T>,
    fn: ElementFunction<T, Source<R>>,
    context: StageContext,
    state: State | undefined,
  ) {
    this.#input = new HeldUpstream(upstream, context.path, state)
    this.#fn = new UserFunction(fn, context)
    this.#context = context
  }

  /** Whether `restore()` has something to do. */
  get restoring(): boolean {
    return this.#input.restoring
  }

  /** The next dataset. An element that fails, or whose function does, is used up. */
  next(): Pull<InnerDataset<R>> {
    const element = this.#input.next()
    return element instanceof Promise ? element.then((settled) => this.#make(settled)) : this.#make(element)
  }

  /** Lets a dataset go; its element is no longer part of the state. */
  release(index: number): void {
    this.#input.release(index)
  }

  /** The datasets that were not released, by index; to be called before the first `next()` where there is a state. */
  async restore(): Promise<Map<number, InnerDataset<R>>> {
    const restored = new Map<number, InnerDataset<R>>()
    for (const [index, element] of await this.#input.restore()) {
      restored.set(index, await this.#expand(element, index))
    }
    return restored
  }

  state(): HeldState {
    return this.#input.state()
  }

  close(): void | Promise<void> {
    return this.#input.close()
  }

  #make(element: T | typeof END): Pull<InnerDataset<R>> {
    if (isEnd(element)) return END
    const index = this.#input.index - 1
    const failed = (error: unknown): never => {
      this.#input.release(index)
      throw error
    }
    try {
      const expanded = this.#expand(element, index)
      return expanded instanceof Promise ? expanded.catch(failed) : expanded
    } catch (error) {
      return failed(error)
    }
  }

  #expand(element: T, index: number): InnerDataset<R> | Promise<InnerDataset<R>> {
    const made = this.#fn.call(element, index)
    return made instanceof Promise ? made.then((source) => this.#inner(source, index)) : this.#inner(made, index)
  }

  #inner(made: Source<R>, index: number): InnerDataset<R> {
    const source = checkInner(made, this.#context, index)
    return { index, upstream: innerUpstream(source, this.#context, index) }
  }
}
