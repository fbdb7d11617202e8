import type { Json } from '../../core/state.ts'
import { FailedPreconditionError } from '../../core/errors.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { Callback, CallbackState } from './callback.ts'

/** Hooks that a run calls; `close`, `save` and `restore` are called by this list alone. */
type HookName = Exclude<keyof Callback, 'close' | 'save' | 'restore'>
type Arguments<K extends HookName> = Parameters<NonNullable<Callback[K]>>

/** The callbacks of a run, called one after the other. */
export class CallbackList {
  readonly #callbacks: readonly Callback[]

  constructor(callbacks: readonly Callback[]) {
    this.#callbacks = callbacks
  }

  /** Calls a hook of each that has it, waiting for promises. */
  async tell<K extends HookName>(hook: K, ...args: Arguments<K>): Promise<void> {
    for (const callback of this.#callbacks) {
      await (callback[hook] as ((...args: unknown[]) => void | Promise<void>) | undefined)?.(...args)
    }
  }

  /** Closes all, also where one fails; throws the first error. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled(this.#callbacks.map(async (callback) => callback.close?.()))
    for (const one of closed) if (one.status === 'rejected') throw one.reason
  }

  /** Their states: the values for the history of a checkpoint, the tensors for beside its weights. */
  save(): { values: Json[]; tensors: Map<string, NdArray> } {
    const states = this.#callbacks.map((callback): CallbackState => callback.save?.() ?? { values: null })
    const tensors = states.flatMap(({ tensors: own = new Map<string, NdArray>() }, i) =>
      [...own].map(([name, array]): [string, NdArray] => [`callback/${i}/${name}`, array]),
    )
    return { values: states.map(({ values }) => values), tensors: new Map(tensors) }
  }

  /** Hands each its state back. */
  restore(values: readonly Json[], tensors: ReadonlyMap<string, NdArray>, checkpoint: string): void {
    if (values.length !== this.#callbacks.length) {
      const counts = `${values.length} callbacks, not ${this.#callbacks.length}`
      throw new FailedPreconditionError(`fit: ${checkpoint} was saved by a run with ${counts}.`, {
        file: checkpoint,
        hint: 'Resume with the same callbacks in the same order.',
      })
    }
    this.#callbacks.forEach((callback, i) => {
      const prefix = `callback/${i}/`
      const own = [...tensors].filter(([name]) => name.startsWith(prefix))
      callback.restore?.({
        values: values[i],
        tensors: new Map(own.map(([name, array]) => [name.slice(prefix.length), array])),
      })
    })
  }
}
