import type { Hints } from '../core/hints.ts'
import type { State } from '../core/state.ts'
import type { Features } from './features.ts'
import { ParseBatchCursor, type RecordCursor } from './parseBatchCursor.ts'

/**
 * Lets the optimizer parse records straight into the columns of a batch, where `batch` follows. Only FixedLenFeatures
 * give the same there and one by one: what else is parsed has another form in a batch.
 *
 * @param open opens the records, without parsing them
 */
export function batchedParsing(
  features: Features | undefined,
  open: (state?: State) => RecordCursor,
): Pick<Hints, 'batched'> {
  const kinds = Object.values(features ?? {}).map(({ kind }) => kind)
  if (features === undefined || kinds.length === 0 || kinds.some((kind) => kind !== 'fixedLen')) return {}
  return {
    batched: ({ batchSize, dropRemainder }) => ({
      name: 'parseBatch',
      open: (_inputs, _context, state) => new ParseBatchCursor(open, { batchSize, dropRemainder, features, state }),
    }),
  }
}
