import type { ListReaders } from './listReaders.ts'
import type { DecodedFeature } from './rawFeature.ts'

/** The place of one feature of a record in what is parsed from it. */
export interface Slot {
  /** The feature's name. */
  readonly name: string
  /** What was asked for, as errors say it: `int32 [2, 2]`. */
  readonly wanted: string
  /** The value where the record lacks the feature; undefined where that is an error. */
  readonly absent: unknown
  /** Read the forms that writers use; the value, or undefined where it is left to `take`. */
  readonly readers: ListReaders
  /** The value of a feature that was decoded by all the rules. */
  take(found: DecodedFeature): unknown
}
