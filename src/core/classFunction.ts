import { after } from './cursor.ts'
import { InvalidArgumentError } from './errors.ts'
import type { StageContext } from './stage.ts'
import { UserFunction, type ElementFunction } from './userFunction.ts'

/** A user's function that says which class an element is of: a whole number from 0 to `numClasses - 1`. */
export class ClassFunction<T> {
  readonly #fn: UserFunction<T, number>
  readonly #numClasses: number
  readonly #path: string

  /** @param numClasses Infinity where it is not known */
  constructor(fn: ElementFunction<T, number>, numClasses: number, context: StageContext) {
    this.#fn = new UserFunction(fn, context)
    this.#numClasses = numClasses
    this.#path = context.path
  }

  call(element: T, index: number): number | Promise<number> {
    const found = this.#fn.call(element, index)
    return typeof found === 'number'
      ? this.#check(found, index)
      : after(found, (settled) => this.#check(settled, index))
  }

  #check(found: unknown, index: number): number {
    if (typeof found === 'number' && Number.isInteger(found) && found >= 0 && found < this.#numClasses) return found
    const range = this.#numClasses === Infinity ? 'of at least 0' : `from 0 to ${this.#numClasses - 1}`
    throw new InvalidArgumentError(
      `${this.#path}: the class of element ${index} must be a whole number ${range}, got ${String(found)}.`,
      { path: this.#path, index },
    )
  }
}
