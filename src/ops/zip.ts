import { checkBoolean, checkOptions } from '../core/checks.ts'
import { after, askAll, closeAll, END, isEnd, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { openInputs } from '../core/randomAccess.ts'
import type { Spec } from '../core/spec.ts'
import type { Cardinality, PlanNode, Source, Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { assembler, formArgs, zipInputs, type SourceStructure } from './zipForm.ts'

export type { SourceStructure } from './zipForm.ts'

/** Options of `zip`. */
export interface ZipOptions {
  /** Whether inputs of different lengths are an error, rather than cut to the shortest; false by default. */
  readonly strict?: boolean
}

/** The element of a zip: the same structure of the inputs' elements. */
export type Zipped<S> = S extends Source<infer T> ? T : { -readonly [K in keyof S]: Zipped<S[K]> }

/**
 * Takes one element of each input at a time (`tf.data.Dataset.zip`).
 *
 * In: datasets in a tuple or an object, which may be nested; one by itself too. Out: their elements in the same form.
 * Length: that of the shortest, or, with `strict`, that of all. Order: kept. Saved: the index, and the inputs.
 *
 * @example
 * Dataset.zip({ x: Dataset.range(2), y: Dataset.range(3, 6) }) // { x: 0, y: 3 }, { x: 1, y: 4 }
 * Dataset.zip([Dataset.range(1), { ids: [Dataset.range(4, 6), Dataset.range(7, 9)] }]) // [0, { ids: [4, 7] }]
 * @throws InvalidArgumentError with `strict`, where lengths are known to differ, or where one input ends before another
 */
export function zip<Z>(
  sources: SourceStructure,
  options: ZipOptions = {},
): { stage: Stage<unknown, Z>; inputs: PlanNode[] } {
  checkOptions('zip', options, ['strict'])
  const strict = checkBoolean('zip', 'strict', options.strict ?? false)
  const { form, sources: datasets, names } = zipInputs(sources)
  const inputs = datasets.map(({ node }) => node)
  const assemble = assembler(form) as (parts: readonly unknown[]) => Z
  const lengthOf = (lengths: readonly Cardinality[]): Cardinality =>
    strict ? agreed(lengths, names) : shortest(lengths)
  const stage: Stage<unknown, Z> = Object.freeze({
    name: 'zip',
    args: { ...formArgs(form, inputs.length), ...(strict ? { strict } : {}) },
    cardinality: lengthOf,
    spec: (specs) => (specs.includes(undefined) ? undefined : (assemble(specs) as Spec)),
    open: (upstreams, context, state) => new ZipCursor(upstreams, assemble, strict ? names : undefined, context, state),
    randomAccess: (upstreams) =>
      after(openInputs(upstreams), (opened) => ({
        length: lengthOf(opened.map(({ length }) => length)) ?? 0,
        at: (index) =>
          after(
            askAll(opened, (input) => input.at(index)),
            assemble,
          ),
        close: () => closeAll(opened),
      })),
  } satisfies Stage<unknown, Z>)
  return { stage, inputs }
}

interface ZipState {
  readonly index: number
  readonly inputs: readonly State[]
}

class ZipCursor<Z> implements Cursor<Z> {
  readonly #cursors: readonly Cursor<unknown>[]
  readonly #assemble: (parts: unknown[]) => Z
  /** Names of the inputs where they must all end together. */
  readonly #strict: readonly string[] | undefined
  readonly #path: string
  #index: number
  #ended = false

  constructor(
    upstreams: readonly Upstream[],
    assemble: (parts: unknown[]) => Z,
    strict: readonly string[] | undefined,
    context: StageContext,
    state?: State,
  ) {
    const { index = 0, inputs } = (state ?? {}) as Partial<ZipState>
    this.#cursors = upstreams.map((upstream, i) => upstream.open(inputs?.[i]))
    this.#assemble = assemble
    this.#strict = strict
    this.#path = context.path
    this.#index = index
  }

  next(): Pull<Z> {
    if (this.#ended) return END
    const parts = askAll(this.#cursors, (cursor) => cursor.next())
    this.#index++
    return parts instanceof Promise ? parts.then((settled) => this.#join(settled)) : this.#join(parts)
  }

  skip(count: number): number | Promise<number> {
    const least = (counts: readonly number[]): number => {
      const length = Math.min(...counts)
      this.#index += length
      this.#ended ||= length < count
      if (length < count) this.#checkTogether(counts.map((passed) => passed > length))
      return length
    }
    return after(
      askAll(this.#cursors, (cursor) => skipElements(cursor, count)),
      least,
    )
  }

  state() {
    return { index: this.#index, inputs: this.#cursors.map((cursor) => cursor.state()) }
  }

  close(): void | Promise<void> {
    return closeAll(this.#cursors)
  }

  #join(parts: unknown[]): Z | typeof END {
    if (!parts.includes(END)) return this.#assemble(parts)
    this.#index--
    this.#ended = true
    this.#checkTogether(parts.map((part) => !isEnd(part)))
    return END
  }

  /** Refuses inputs of which some ended and some went on. */
  #checkTogether(wentOn: readonly boolean[]): void {
    if (this.#strict === undefined || !wentOn.includes(true)) return
    const ended = `${this.#strict[wentOn.indexOf(false)]} ended after ${elements(this.#index)}`
    throw new InvalidArgumentError(`${this.#path}: ${ended}, but ${this.#strict[wentOn.indexOf(true)]} goes on.`, {
      path: this.#path,
      index: this.#index,
      hint: 'Without strict, the rest is left out.',
    })
  }
}

function shortest(lengths: readonly Cardinality[]): Cardinality {
  if (lengths.includes(0)) return 0
  return lengths.includes(undefined) ? undefined : Math.min(...(lengths as readonly number[]))
}

/** The length of all, as far as it is known; refuses lengths that are known to differ. */
function agreed(lengths: readonly Cardinality[], names: readonly string[]): Cardinality {
  const first = lengths.findIndex((length) => length !== undefined)
  for (const [i, length] of lengths.entries()) {
    if (length === undefined || length === lengths[first]) continue
    throw new InvalidArgumentError(
      `zip: ${names[first]} has ${elements(lengths[first])}, but ${names[i]} has ${elements(length)}.`,
      { hint: 'Without strict, the rest is left out.' },
    )
  }
  return lengths[first]
}

function elements(count: Cardinality): string {
  return count === 1 ? '1 element' : `${count} elements`
}
