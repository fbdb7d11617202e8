import type { ErrorContext } from '../core/errors.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { misfitError, type Where } from './checkedParse.ts'
import type { Column, FinishedColumn } from './column.ts'
import { columnSource, featureColumns, padded, type FeatureColumns } from './featureColumns.ts'
import type { FixedLenSequenceFeature } from './fixedLenSequenceFeature.ts'
import { Misfit } from './listValues.ts'
import type { SequenceFeatures } from './parseSequenceExample.ts'
import { isRowMisfit, ragged } from './ragged.ts'
import { decodeFeature, type RawFeature } from './rawFeature.ts'
import { sparse, type Sparse } from './sparse.ts'

/** Parses the feature lists of SequenceExamples into columns whose rows are the steps of all records. */
export class SequenceColumns {
  readonly #columns: Column[] = []
  readonly #names: readonly string[]
  readonly #features: SequenceFeatures
  readonly #plans: readonly FeatureColumns[]
  /** Columns that a record may not lack. */
  readonly #required: ReadonlySet<Column>
  /** For each column the number of steps before each record. */
  #steps: number[][] = []

  constructor(features: SequenceFeatures) {
    const source = columnSource(this.#columns)
    this.#features = features
    this.#names = Object.keys(features)
    this.#plans = this.#names.map((name) => featureColumns(name, features[name], source, true))
    const required = this.#names.map((name, i) => {
      const feature = features[name]
      return feature.kind === 'fixedLenSequence' && !feature.allowMissing ? this.#plans[i].columns : []
    })
    this.#required = new Set(required.flat())
  }

  begin(): void {
    this.#steps = this.#columns.map(() => [0])
    for (const column of this.#columns) column.begin(0)
  }

  /**
   * Adds a record.
   *
   * @throws InvalidArgumentError where it lacks a list, or a step is not what was asked
   */
  add(bytes: Uint8Array, lists: ReadonlyMap<string, readonly RawFeature[]>, where: Where | undefined): void {
    this.#columns.forEach((column, i) => {
      const steps = lists.get(column.name)
      if (steps === undefined && this.#required.has(column)) {
        const hint = 'Ask for it under its own name, or give it { allowMissing: true }.'
        throw misfitError(column, new Misfit('the record does not have the list', hint), undefined, where)
      }
      steps?.forEach((raw, step) => this.#addStep(column, bytes, raw, step, where))
      this.#steps[i].push(column.rows)
    })
  }

  /** The value of each feature of one record. */
  finishOne(where: Where | undefined): Record<string, unknown> {
    return this.#finish(
      () => where?.() ?? {},
      (name, value) => [name, value],
    )
  }

  /** The value of each feature of all records, and for each FixedLenSequenceFeature the number of steps of each. */
  finishAll(where: (index: number) => ErrorContext): {
    readonly sequence: Record<string, unknown>
    readonly lengths: Record<string, NdArray>
  } {
    const lengths: [string, NdArray][] = []
    const sequence = this.#finish(where, (name, value, steps, [column]) => {
      const feature = this.#features[name]
      if (feature.kind === 'varLen') return [name, sparseSteps(value as Sparse, steps)]
      if (feature.kind === 'ragged') return [name, ragged(value, steps)]
      const counts = steps.slice(1).map((end, i) => end - steps[i])
      lengths.push([name, new NdArray('int32', [counts.length], counts)])
      return [name, paddedSteps(column, feature, steps)]
    })
    return { sequence, lengths: Object.fromEntries(lengths) }
  }

  #addStep(column: Column, bytes: Uint8Array, raw: RawFeature, step: number, where: Where | undefined): void {
    const none = raw.kind === 'none'
    const misfit = !none
      ? column.take(decodeFeature(bytes, raw))
      : column.absent === undefined
        ? new Misfit('it has no value')
        : undefined
    if (misfit !== undefined) {
      const found = `step ${step} does not fit: ${misfit.found}`
      throw misfitError(column, new Misfit(found, misfit.hint), undefined, where)
    }
    column.commit(none ? column.absent : undefined)
  }

  #finish(
    where: (index: number) => ErrorContext,
    make: (name: string, value: unknown, steps: Int32Array, columns: readonly FinishedColumn[]) => [string, unknown],
  ): Record<string, unknown> {
    const finished = new Map(this.#columns.map((column) => [column, column.finish()]))
    const parts = this.#plans.map(({ columns, wanted, assemble }, i) => {
      const name = this.#names[i]
      const steps = columns.map((column) => this.#steps[this.#columns.indexOf(column)])
      const record = firstDifference(steps)
      if (record >= 0) {
        const misfit = new Misfit('its values and the numbers that divide them have different numbers of steps')
        throw misfitError({ name, wanted }, misfit, undefined, () => where(record))
      }
      const own = columns.flatMap((column) => finished.get(column) ?? [])
      const value = assemble(own, false)
      if (isRowMisfit(value)) {
        const at = steps[0].findIndex((end) => end > value.row) - 1
        throw misfitError({ name, wanted }, value.misfit, undefined, () => where(at))
      }
      return make(name, value, Int32Array.from(steps[0]), own)
    })
    return Object.fromEntries(parts)
  }
}

/** The first record for which the lists do not have equal numbers of steps, -1 if there is none. */
function firstDifference([first, ...others]: readonly (readonly number[])[]): number {
  return first.findIndex((end, i) => others.some((other) => other[i] !== end)) - 1
}

function paddedSteps({ data }: FinishedColumn, feature: FixedLenSequenceFeature, steps: Int32Array): NdArray {
  const size = feature.shape.reduce((product, axis) => product * axis, 1)
  return padded({ data, splits: steps.map((step) => step * size) }, feature)
}

/** A Sparse of steps and values as one of records, steps and values. */
function sparseSteps({ indices, values, denseShape }: Sparse, steps: Int32Array): Sparse {
  const own = new Int32Array(3 * values.size)
  let record = 0
  for (let i = 0; i < values.size; i++) {
    const step = indices.data[2 * i]
    while (steps[record + 1] <= step) record++
    own[3 * i] = record
    own[3 * i + 1] = step - steps[record]
    own[3 * i + 2] = indices.data[2 * i + 1]
  }
  let longest = 0
  for (let i = 0; i + 1 < steps.length; i++) longest = Math.max(longest, steps[i + 1] - steps[i])
  return sparse(own, values, [steps.length - 1, longest, denseShape.data[1]])
}
