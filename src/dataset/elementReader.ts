import { checkCount, checkOptions } from '../core/checks.ts'
import { FailedPreconditionError, OutOfRangeError } from '../core/errors.ts'
import { checkRandomAccess, openRandomAccess, type RandomAccess } from '../core/randomAccess.ts'
import type { PlanNode } from '../core/stage.ts'

/** Options of `dataset.get` and `dataset.reader`. */
export interface ReaderOptions {
  /** Number of the pass, which decides random numbers and orders; 0 by default. */
  readonly epoch?: number
}

/**
 * The elements of a dataset by index: `get(i)` gives what an iteration gives at place i, without those before it. Calls
 * may overlap.
 *
 * @example
 * const squares = Dataset.range(10).map((x) => x * x)
 * await squares.get(4) // 16
 * const reader = await squares.reader()
 * reader.length // 10
 * await reader.get(3) // 9
 * await reader.close()
 */
export class ElementReader<T> implements AsyncDisposable {
  readonly #elements: RandomAccess<T>
  readonly #path: string
  readonly #controller: AbortController
  #closing: Promise<void> | undefined

  private constructor(elements: RandomAccess<T>, path: string, controller: AbortController) {
    this.#elements = elements
    this.#path = path
    this.#controller = controller
  }

  /**
   * Opens the elements of a plan; nothing is read before.
   *
   * @throws InvalidArgumentError naming an operation whose elements cannot be read by index
   */
  static async open<T>(node: PlanNode<T>, options: ReaderOptions): Promise<ElementReader<T>> {
    checkOptions('reader', options, ['epoch'])
    const epoch = checkCount('reader', 'epoch', options.epoch ?? 0)
    checkRandomAccess('get', node, () => 'Iterate over them instead.')
    const controller = new AbortController()
    const elements = await openRandomAccess(node, { seed: 0, epoch, signal: controller.signal })
    return new ElementReader(elements, node.path, controller)
  }

  /** Number of elements; may be Infinity. */
  get length(): number {
    return this.#elements.length
  }

  /**
   * The element at an index.
   *
   * @throws OutOfRangeError where there is none; FailedPreconditionError after close()
   */
  async get(index: number): Promise<T> {
    checkCount('get', 'index', index)
    if (this.#closing !== undefined) throw new FailedPreconditionError(`get: the reader of ${this.#path} is closed.`)
    if (index < this.length) return await this.#elements.at(index)
    throw new OutOfRangeError(`get: there is no element ${index}: ${this.#path} has ${this.length}.`, { index })
  }

  /** Frees what is open; an element that is waited for may fail. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    this.#controller.abort()
    await this.#elements.close()
  }
}
