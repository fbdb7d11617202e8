import { wrongArgument } from '../core/checks.ts'
import { closeAll, END, skipElements, type Cursor, type Pull } from '../core/cursor.ts'
import type { Spec } from '../core/spec.ts'
import type { PlanNode, Source, Stage, Upstream } from '../core/stage.ts'
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
 * Dataset.zip({ x: Dataset.range(3), y: Dataset.range(3, 6) }) // { x: 0, y: 3 }, ...
 */
export function zip<S extends SourceStructure>(sources: S): { stage: Stage<unknown, Zipped<S>>; inputs: PlanNode[] } {
  const keys = typeof sources === 'object' ? Object.keys(sources) : []
  const inputs = keys.map((key) => {
    const source = (sources as Readonly<Record<string, Partial<Source> | undefined>>)[key]
    if (source?.node === undefined) throw wrongArgument('zip', `input ${key}`, 'a Dataset', source)
    return source.node
  })
  if (inputs.length === 0)
    throw wrongArgument('zip', 'the input', 'a tuple or an object of at least one Dataset', sources)
  const tuple = Array.isArray(sources)
  const assemble = (parts: readonly unknown[]): unknown =>
    tuple ? parts : Object.fromEntries(parts.map((part, i) => [keys[i], part]))
  const stage: Stage<unknown, Zipped<S>> = Object.freeze({
    name: 'zip',
    args: tuple ? {} : { keys },
    cardinality: (lengths) => shortest(lengths),
    spec: (specs) => (specs.includes(undefined) ? undefined : (assemble(specs) as Spec)),
    open: (upstreams, _context, state) => new ZipCursor(upstreams, assemble as (parts: unknown[]) => Zipped<S>, state),
  } satisfies Stage<unknown, Zipped<S>>)
  return { stage, inputs }
}

function shortest(lengths: readonly (number | undefined)[]): number | undefined {
  if (lengths.includes(undefined)) return undefined
  return Math.min(...(lengths as readonly number[]))
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
    const parts: unknown[] = []
    let waits = false
    for (const cursor of this.#cursors) {
      const part = pull(cursor)
      waits ||= part instanceof Promise
      parts.push(part)
    }
    return waits ? settleAll(parts).then((settled) => this.#join(settled)) : this.#join(parts)
  }

  skip(count: number): number | Promise<number> {
    const skipped = this.#cursors.map((cursor) => skipElements(cursor, count))
    const least = (counts: readonly number[]): number => {
      const length = Math.min(...counts)
      this.#ended ||= length < count
      return length
    }
    const known = skipped.filter((part) => typeof part === 'number')
    return known.length === skipped.length ? least(known) : Promise.all(skipped.map(async (part) => part)).then(least)
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

/** A pull that never throws at once, so that the other inputs are pulled all the same. */
function pull(cursor: Cursor<unknown>): unknown {
  try {
    return cursor.next()
  } catch (error) {
    return new Promise(() => {
      throw error
    })
  }
}

/** Waits for all of them, also where one fails, so that no input is left with a pull pending. */
async function settleAll(parts: readonly unknown[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(parts)
  for (const part of settled) if (part.status === 'rejected') throw part.reason
  return settled.map((part) => (part as PromiseFulfilledResult<unknown>).value)
}
