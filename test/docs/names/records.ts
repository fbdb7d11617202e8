export const record = Uint8Array.of(1, 2, 3)
/** What somebody does with a record. */
export function use(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new Error('an empty record')
}
