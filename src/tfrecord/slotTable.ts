import { KeyTable } from './keyTable.ts'
import type { ListReaders } from './listReaders.ts'
import type { Slot } from './slot.ts'

const none: ListReaders = { bytes: undefined, float: undefined, int64: undefined }

/**
 * Finds slots by name, and their readers by position. A name that several slots read in different ways has none: such
 * records are left to the rules.
 */
export function slotTable(slots: readonly Slot[]): { readonly table: KeyTable; readonly readers: ListReaders[] } {
  const names = slots.map(({ name }) => name)
  const twice = new Set(names.filter((name, i) => names.indexOf(name) !== i))
  return {
    table: new KeyTable(names),
    readers: slots.map(({ name, readers }) => (twice.has(name) ? none : readers)),
  }
}
