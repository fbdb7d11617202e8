import { checkBoolean, checkCount, checkOptions, locateError, wrongArgument } from '../core/checks.ts'
import { END, isEnd, type Cursor, type Pull } from '../core/cursor.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { HeldUpstream, type HeldState } from '../core/heldUpstream.ts'
import { TensorSpec, type Spec } from '../core/spec.ts'
import type { Stage, StageContext, Upstream } from '../core/stage.ts'
import type { State } from '../core/state.ts'
import { turnIfDue } from '../core/turns.ts'
import { isStructure, scalarDType, type Scalar } from '../ndarray/element.ts'
import { checkScalar, type NdArray } from '../ndarray/ndarray.ts'
import { SequenceBins, type RowFormat } from '../ndarray/sequenceBins.ts'
import { sequencesOf, type Sequence } from '../ndarray/sequences.ts'

/** What a packed row of elements T is: of each feature the values, which sequence each is from, and its place there. */
export type Packed<T> = {
  [K in `${keyof T & string}${'' | '_segment_ids' | '_positions'}`]: K extends keyof T
    ? T[K] extends NdArray<infer D>
      ? NdArray<D, 1>
      : NdArray<'int32', 1>
    : NdArray<'int32', 1>
}

/** Length of the rows of each feature of elements T. */
export type PackedLengths<T> = Readonly<Record<keyof T & string, number>>

/** Options of `packSequences`. */
export interface PackSequencesOptions<T = Readonly<Record<string, unknown>>> {
  /** Rows that are open at a time; 32 by default. More leave less padding and hold more sequences in memory. */
  readonly numPackingBins?: number
  /** What fills a row up, for all features or by name; 0, false or an empty string by default. */
  readonly paddingValue?: Scalar | Readonly<Partial<Record<keyof T & string, Scalar>>>
  /** Whether an element that is longer than a row is left out; false by default, which makes it an error. */
  readonly dropTooLong?: boolean
}

/**
 * Packs sequences of varying length into rows of fixed length (`FirstFitPackIterDataset` of Grain without its shuffle of
 * rows; `pack_dataset` of T5, which has one row open).
 *
 * In: objects with a sequence for each name of `lengths`: an NdArray of one axis, or an array of whole numbers, which
 * becomes int32. Out: rows of these lengths. An element goes, whole, into the first open row in which all its features
 * have room; where there is none, the rows are given in their order, and the element opens the next ones. At the end
 * the open rows are given. Beside each feature come `<name>_segment_ids`, the number of the element in its row, from 1,
 * and `<name>_positions`, the place in the sequence; both are 0 in the padding. Length: unknown, but 0 of 0. Saved: which
 * elements are in rows that are not given yet, to be read again: never their values.
 *
 * @example
 * const tokens = Dataset.fromGenerator([{ x: [5, 6] }, { x: [7] }, { x: [8, 9] }])
 * const rows = await tokens.packSequences({ x: 4 }).toArray()
 * rows[0].x // int32 [5, 6, 7, 0]
 * rows[0].x_segment_ids // int32 [1, 1, 2, 0]
 * rows[0].x_positions // int32 [0, 1, 0, 0]
 * rows[1].x // int32 [8, 9, 0, 0]
 * @throws InvalidArgumentError naming the element that is longer than a row, or is no object of these sequences
 */
export function packSequences<T>(
  lengths: PackedLengths<T>,
  options: PackSequencesOptions<T> = {},
): Stage<T, Packed<T>> {
  const rows = checkLengths(lengths)
  checkOptions('packSequences', options, ['numPackingBins', 'paddingValue', 'dropTooLong'])
  const numPackingBins = checkCount('packSequences', 'numPackingBins', options.numPackingBins ?? 32, { min: 1 })
  const dropTooLong = checkBoolean('packSequences', 'dropTooLong', options.dropTooLong ?? false)
  const { paddingValue } = options
  const packing: Packing = { ...rows, numPackingBins, dropTooLong, padding: checkPadding(paddingValue, rows.names) }
  return Object.freeze({
    name: 'packSequences',
    args: { lengths: { ...lengths }, numPackingBins, ...(paddingValue !== undefined && { paddingValue }), dropTooLong },
    cardinality: ([length]) => (length === 0 ? 0 : undefined),
    spec: ([spec]) => spec && packedSpec(spec, rows),
    open: ([upstream], context, state) => new PackCursor(upstream, packing, context, state),
  } satisfies Stage<T, Packed<T>>)
}

type RowLengths = Omit<RowFormat, 'padding'>

interface Packing extends RowFormat {
  readonly numPackingBins: number
  readonly dropTooLong: boolean
}

function checkLengths(lengths: unknown): RowLengths {
  if (typeof lengths !== 'object' || lengths === null || Array.isArray(lengths)) {
    throw wrongArgument('packSequences', 'lengths', 'an object', lengths)
  }
  const entries: [string, unknown][] = Object.entries(lengths)
  if (entries.length === 0) {
    throw new InvalidArgumentError('packSequences: lengths names no feature.', { hint: 'As in { tokens: 512 }.' })
  }
  const names = entries.map(([name]) => name)
  for (const name of names) {
    const taken = [`${name}_segment_ids`, `${name}_positions`].find((made) => names.includes(made))
    if (taken === undefined) continue
    throw new InvalidArgumentError(`packSequences: lengths names ${taken}, which is made beside ${name}.`, {
      hint: 'Rename it in a map before it.',
    })
  }
  return { names, lengths: entries.map(([name, at]) => checkCount('packSequences', `lengths.${name}`, at, { min: 1 })) }
}

function checkPadding(value: unknown, names: readonly string[]): (Scalar | undefined)[] {
  if (value === undefined || !isStructure(value)) return names.map(() => checkFill('paddingValue', value))
  const fills = value as Readonly<Record<string, unknown>>
  const unknown = Object.keys(fills).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`packSequences: paddingValue names ${unknown}, which lengths does not.`)
  }
  return names.map((name) => checkFill(`paddingValue.${name}`, fills[name]))
}

function checkFill(argument: string, value: unknown): Scalar | undefined {
  if (value === undefined || isScalar(value)) return value
  throw wrongArgument('packSequences', argument, 'a number, bigint, boolean, string or Uint8Array', value)
}

function isScalar(value: unknown): value is Scalar {
  return scalarDType(value, 'float32') !== undefined
}

/** Unknown where a feature is an array, or of another rank than it must have. */
function packedSpec(spec: Spec, { names, lengths }: RowLengths): Spec | undefined {
  const packed: [string, Spec][] = []
  for (const [i, name] of names.entries()) {
    const leaf = spec instanceof TensorSpec ? undefined : (spec as Readonly<Record<string, Spec | undefined>>)[name]
    if (!(leaf instanceof TensorSpec) || leaf.shape?.length !== 1) return undefined
    const shape = [lengths[i]]
    packed.push([name, new TensorSpec(shape, leaf.dtype)])
    for (const made of ['segment_ids', 'positions']) packed.push([`${name}_${made}`, new TensorSpec(shape, 'int32')])
  }
  return Object.fromEntries(packed)
}

interface PackState {
  /** How many of the rows were given, of those that are complete. */
  readonly given: number
  /** The elements in the rows, and that for which there was no room. */
  readonly input: HeldState
}

class PackCursor<T> implements Cursor<Packed<T>> {
  readonly #input: HeldUpstream<T>
  readonly #packing: Packing
  readonly #path: string
  readonly #bins: SequenceBins
  /** Of the elements in the rows. */
  #indices: number[] = []
  /** The element for which the rows have no room: they are complete. */
  #left: { readonly index: number; readonly sequences: readonly Sequence[] } | undefined
  #given: number

  constructor(upstream: Upstream<T>, packing: Packing, { path }: StageContext, state?: State) {
    const { given = 0, input } = (state ?? {}) as Partial<PackState>
    this.#input = new HeldUpstream(upstream, path, input)
    this.#packing = packing
    this.#path = path
    this.#bins = new SequenceBins(packing, packing.numPackingBins)
    this.#given = given
  }

  next(): Pull<Packed<T>> {
    if (this.#input.restoring) return this.#restore()
    if (this.#given > 0) return this.#give()
    for (;;) {
      const element = this.#input.next()
      if (element instanceof Promise) return this.#fill(element)
      if (!this.#takes(element)) return this.#give()
      const turn = turnIfDue()
      if (turn !== undefined) return this.#fill(turn.then(() => this.#input.next()))
    }
  }

  state() {
    return { given: this.#given, input: this.#input.state() }
  }

  close(): void | Promise<void> {
    this.#bins.clear()
    this.#left = undefined
    return this.#input.close()
  }

  async #restore(): Promise<Packed<T> | typeof END> {
    for (const [index, element] of await this.#input.restore()) this.#place(index, element)
    return await this.next()
  }

  async #fill(pulled: Pull<T>): Promise<Packed<T> | typeof END> {
    while (this.#takes(pulled instanceof Promise ? await pulled : pulled)) {
      const turn = turnIfDue()
      if (turn !== undefined) await turn
      pulled = this.#input.next()
    }
    return this.#give()
  }

  /** Whether the rows are not complete with what was read. */
  #takes(element: T | typeof END): boolean {
    return !isEnd(element) && this.#place(this.#input.index - 1, element)
  }

  #place(index: number, element: T): boolean {
    try {
      const sequences = sequencesOf(element, this.#packing.names)
      if (this.#fits(sequences)) {
        if (this.#bins.add(sequences)) this.#indices.push(index)
        else this.#left = { index, sequences }
        return this.#left === undefined
      }
    } catch (error) {
      this.#input.release(index)
      throw locateError(error, this.#path, index, 'packing failed')
    }
    this.#input.release(index)
    return true
  }

  #fits(sequences: readonly Sequence[]): boolean {
    const { names, lengths, padding, dropTooLong } = this.#packing
    for (let i = 0; i < names.length; i++) {
      const { data, dtype } = sequences[i]
      if (padding[i] !== undefined) checkScalar(padding[i], dtype)
      if (data.length <= lengths[i]) continue
      if (dropTooLong) return false
      throw new InvalidArgumentError(`${names[i]} has ${data.length} values, and a row ${lengths[i]}.`, {
        hint: 'Cut it in a map before it, or set dropTooLong.',
      })
    }
    return true
  }

  /** Gives the next of the rows, which are complete; after the last one begins with the element that was left. */
  #give(): Packed<T> | typeof END {
    if (this.#bins.size === 0) return END
    const row = this.#bins.row(this.#given++)
    if (this.#given === this.#bins.size) this.#begin()
    return row as Packed<T>
  }

  #begin(): void {
    this.#bins.clear()
    this.#input.releaseAll(this.#indices)
    this.#indices = []
    this.#given = 0
    if (this.#left === undefined) return
    this.#bins.add(this.#left.sequences)
    this.#indices.push(this.#left.index)
    this.#left = undefined
  }
}
