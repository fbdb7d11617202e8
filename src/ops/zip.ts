import { wrongArgument } from '../core/checks.ts'
import { after, askAll, closeAll, END, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import { openInputs } from '../core/randomAccess.ts'
import type { Spec } from '../core/spec.ts'
import { isSource, type Cardinality, type PlanNode, type Source, type Stage, type Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'

/** Datasets in a tuple or an object. */
export type SourceStructure = readonly Source[] | Readonly<Record<string, Source>>

/** The element of a zip: the same tuple or object of the inputs' elements. */
export type Zipped<S> = { -readonly [K in keyof S]: S[K] extends Source<infer T> ? T : never }

/**
 * Takes one element of each input at a time (`tf.data.Dataset.zip`).
 *
 * In: datasets in a tuple or an object. Out: their elements in the same form. Length: that of the shortest. Order:
 * kept. Saved: the inputs.
 *
 * @example
 * Dataset.zip({ x: Dataset.range(2), y: Dataset.range(3, 6) }) // { x: 0, y: 3 }, { x: 1, y: 4 }
 */
export function zip<S extends SourceStructure>(sources: S): { stage: Stage<unknown, Zipped<S>>; inputs: PlanNode[] } {
  const given: unknown = sources
  const keys = keysOf(given)
  const inputs = keys.map((key) => {
    const source = (sources as Readonly<Record<string, Partial<Source> | undefined>>)[key]
    if (source?.node === undefined) throw wrongArgument('zip', `datasets.${key}`, 'a Dataset', source)
    return source.node
  })
  if (inputs.length === 0) throw wrongArgument('zip', 'datasets', 'a tuple or an object of at least one Dataset', given)
  const tuple = Array.isArray(sources)
  const assemble = (parts: readonly unknown[]): unknown =>
    tuple ? parts : Object.fromEntries(parts.map((part, i) => [keys[i], part]))
  const stage: Stage<unknown, Zipped<S>> = Object.freeze({
    name: 'zip',
    args: tuple ? {} : { keys },
    cardinality: (lengths) => shortest(lengths),
    spec: (specs) => (specs.includes(undefined) ? undefined : (assemble(specs) as Spec)),
    open: (upstreams, _context, state) => new ZipCursor(upstreams, assemble as (parts: unknown[]) => Zipped<S>, state),
    randomAccess: (upstreams) =>
      after(openInputs(upstreams), (opened) => ({
        length: Math.min(...opened.map(({ length }) => length)),
        at: (index) =>
          after(
            askAll(opened, (input) => input.at(index)),
            assemble as (parts: unknown[]) => Zipped<S>,
          ),
        close: () => closeAll(opened),
      })),
  } satisfies Stage<unknown, Zipped<S>>)
  return { stage, inputs }
}

interface ZipState {
  readonly inputs: readonly State[]
}

class ZipCursor<Z> implements Cursor<Z> {
  readonly #cursors: readonly Cursor<unknown>[]
  readonly #assemble: (parts: unknown[]) => Z
  #ended = false

  constructor(upstreams: readonly Upstream[], assemble: (parts: unknown[]) => Z, state?: State) {
    const { inputs } = (state ?? {}) as Partial<ZipState>
    this.#cursors = upstreams.map((upstream, i) => upstream.open(inputs?.[i]))
    this.#assemble = assemble
  }

  next(): Pull<Z> {
    if (this.#ended) return END
    const parts = askAll(this.#cursors, (cursor) => cursor.next())
    return parts instanceof Promise ? parts.then((settled) => this.#join(settled)) : this.#join(parts)
  }

  skip(count: number): number | Promise<number> {
    const least = (counts: readonly number[]): number => {
      const length = Math.min(...counts)
      this.#ended ||= length < count
      return length
    }
    return after(
      askAll(this.#cursors, (cursor) => skipElements(cursor, count)),
      least,
    )
  }

  state() {
    return { inputs: this.#cursors.map((cursor) => cursor.state()) }
  }

  close(): void | Promise<void> {
    return closeAll(this.#cursors)
  }

  #join(parts: unknown[]): Z | typeof END {
    if (!parts.includes(END)) return this.#assemble(parts)
    this.#ended = true
    return END
  }
}

/** The keys of a structure; none of what is no structure, or a dataset itself. */
function keysOf(value: unknown): string[] {
  return typeof value !== 'object' || value === null || isSource(value) ? [] : Object.keys(value)
}

function shortest(lengths: readonly Cardinality[]): Cardinality {
  if (lengths.includes(0)) return 0
  return lengths.includes(undefined) ? undefined : Math.min(...(lengths as readonly number[]))
}
