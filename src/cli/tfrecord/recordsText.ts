/** A number of records in words: `1 record`, `3 records`. */
export function recordsText(records: number): string {
  return `${records} record${records === 1 ? '' : 's'}`
}
