import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'

/**
 * The folder for what is made of pictures: one for each kind of them, so that one does not take the place of another.
 *
 * @param pictures where they come from; the folder is named after it
 * @param more what else it depends on
 */
export function keptFolder(
  parent: string,
  { pictures, more }: { readonly pictures: readonly string[]; readonly more: string },
): string {
  const hash = createHash('sha256').update([...pictures, more].join('\0'))
  const names = pictures.map((name) => basename(name)).filter((name) => name !== '')
  return join(parent, `${names.join('-')}-${hash.digest('hex').slice(0, 8)}`)
}
