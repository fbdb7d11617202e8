/** Parses an Example by all the rules, slowly, and says what is wrong where it cannot. */
import { InvalidArgumentError, type ErrorContext } from '../core/errors.ts'
import { Misfit } from './listValues.ts'
import { decodeFeature, findFeatures, type RawFeature } from './rawFeature.ts'
import type { Slot } from './slot.ts'

/** Gives the place of a record, for errors. */
export type Where = () => ErrorContext

/**
 * The value for each slot, in their order.
 *
 * @throws InvalidArgumentError naming the feature, what was asked, what was found, and what the record has
 */
export function checkedParse(bytes: Uint8Array, slots: readonly Slot[], where?: Where): unknown[] {
  const found = findChecked(() => findFeatures(bytes), where)
  return takeAll(bytes, found, slots, where)
}

/** What `find` finds in a record; its errors get the record's place. */
export function findChecked<T>(find: () => T, where: Where | undefined): T {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    const context = where?.()
    throw new InvalidArgumentError(placeText(context) + error.message, { ...context, cause: error })
  }
}

/** The value for each slot from the features that were found in `bytes`. */
function takeAll(
  bytes: Uint8Array,
  found: ReadonlyMap<string, RawFeature>,
  slots: readonly Slot[],
  where: Where | undefined,
): unknown[] {
  return slots.map((slot) => {
    const raw = found.get(slot.name)
    if (raw === undefined || raw.kind === 'none') {
      if (slot.absent !== undefined) return slot.absent
      const missing = new Misfit(
        raw === undefined ? 'the record does not have it' : 'it has no value',
        'Ask for it under its own name, or give it a defaultValue.',
      )
      throw misfitError(slot, missing, found, where)
    }
    const value = slot.take(decodeFeature(bytes, raw))
    if (value instanceof Misfit) throw misfitError(slot, value, found, where)
    return value
  })
}

/** The error of a feature that is not what was asked. */
export function misfitError(
  { name, wanted }: Pick<Slot, 'name' | 'wanted'>,
  { found, hint }: Misfit,
  features: ReadonlyMap<string, { readonly kind: string; readonly count: number }> | undefined,
  where: Where | undefined,
): InvalidArgumentError {
  const context = where?.()
  const has = features === undefined ? '' : ` ${listOf(features)}`
  return new InvalidArgumentError(
    `${placeText(context)}feature ${JSON.stringify(name)} was to be ${wanted}, but ${found}.${has}`,
    { ...context, hint },
  )
}

function listOf(features: ReadonlyMap<string, { readonly kind: string; readonly count: number }>): string {
  const listed = [...features]
    .slice(0, 20)
    .map(([key, { kind, count }]) => `${JSON.stringify(key)} (${kind}, ${count})`)
  const more = features.size > listed.length ? ` and ${features.size - listed.length} more` : ''
  return listed.length === 0 ? 'The record has no features.' : `The record has ${listed.join(', ')}${more}.`
}

function placeText(context: ErrorContext | undefined): string {
  if (context === undefined) return ''
  const { file, record, path, index } = context
  if (file !== undefined) return record === undefined ? `${file}: ` : `${file}: record ${record}: `
  if (index === undefined) return ''
  return path === undefined ? `record ${index} of the batch: ` : `${path}: element ${index}: `
}
