import { checkBoolean, checkCount, checkOptions } from '../core/checks.ts'
import { END, type Cursor } from '../core/cursor.ts'
import { foldIn, keyOf, philox, type RandomKey } from '../core/random.ts'
import { TensorSpec } from '../core/spec.ts'
import type { Stage, StageContext } from '../core/stage.ts'

/** Options of `random`. */
export interface RandomOptions {
  /** Decides the numbers; by default the pipeline's seed does. */
  readonly seed?: number
  /** Whether each pass over the data has numbers of its own; false by default. */
  readonly rerandomizeEachIteration?: boolean
}

/**
 * Uniform whole numbers of 32 bits, from 0 to 4294967295, for ever (`tf.data.Dataset.random`).
 *
 * Out: numbers, uint32 in a batch (TensorFlow: int64); number i is a function of the seed and i alone, by this
 * package's own generator, so that they are not TensorFlow's. Length: Infinity. Saved: the position.
 *
 * @example
 * Dataset.random({ seed: 7 }).take(3) // 911216622, 3377014597, 327848435
 */
export function random(options: RandomOptions = {}): Stage<never, number> {
  checkOptions('random', options, ['seed', 'rerandomizeEachIteration'])
  const { seed } = options
  if (seed !== undefined) checkCount('random', 'seed', seed)
  const rerandomize = checkBoolean('random', 'rerandomizeEachIteration', options.rerandomizeEachIteration ?? false)
  const spec = new TensorSpec([], 'uint32')
  return Object.freeze({
    name: 'random',
    args: { ...(seed === undefined ? {} : { seed }), rerandomizeEachIteration: rerandomize },
    cardinality: () => Infinity,
    spec: () => spec,
    open: (_inputs, context, state) =>
      new RandomCursor(keyFor(context, seed, rerandomize), (state as RandomState | undefined)?.position ?? 0),
  } satisfies Stage<never, number>)
}

function keyFor(context: StageContext, seed: number | undefined, rerandomize: boolean): RandomKey {
  const key = seed === undefined ? context.key : keyOf(seed)
  return rerandomize ? foldIn(key, context.epoch) : key
}

interface RandomState {
  readonly position: number
}

class RandomCursor implements Cursor<number> {
  readonly #key: RandomKey
  readonly #words = new Uint32Array(4)
  #block = -1
  #position: number
  #closed = false

  constructor(key: RandomKey, position: number) {
    this.#key = key
    this.#position = position
  }

  next(): number | typeof END {
    if (this.#closed) return END
    const position = this.#position++
    const block = Math.floor(position / 4)
    if (block !== this.#block) {
      this.#block = block
      // The last word sets these numbers apart from those that other operations draw with the same seed.
      philox(this.#words, this.#key, block >>> 0, Math.floor(block / 0x100000000) >>> 0, 0, 2)
    }
    return this.#words[position - block * 4]
  }

  skip(count: number): number {
    this.#position += count
    return count
  }

  state() {
    return { position: this.#position }
  }

  /** Comes to the end: whoever searches on among endless numbers is to find nothing more. */
  close(): void {
    this.#closed = true
  }
}
