import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { InvalidArgumentError } from 'millrace'
import { type ImageTable, imageTable } from 'millrace/image'

/**
 * The pictures of a folder of classes.
 *
 * @param classNames the classes that are wanted; all by default
 * @throws NotFoundError where a class has no picture; InvalidArgumentError where there is one class alone
 */
export async function pictureClasses(dir: string, classNames?: readonly string[]): Promise<ImageTable> {
  const table = await imageTable(dir, classNames === undefined ? {} : { classNames })
  if (table.classNames.length >= 2) return table
  throw new InvalidArgumentError(
    `${dir} has one class alone, ${table.classNames[0]}: there is nothing to tell apart.`,
    {
      hint: 'Its folders are the classes; two at least are needed.',
    },
  )
}

/** Some pictures at most, of each class its share. */
export function someOf(table: ImageTable, count: number | undefined, seed: number): ImageTable {
  if (count === undefined || count >= table.length) return table
  const share = count / table.length
  return table.split({ taken: share, left: 1 - share }, { seed, exact: true }).taken
}

/** A digest of names, sizes and times of pictures, which tells other ones; where the folder lies does not matter. */
export async function picturesDigest(tables: readonly ImageTable[]): Promise<string> {
  const hash = createHash('sha256')
  for (const table of tables) {
    hash.update(table.digest())
    for (let i = 0; i < table.length; i++) {
      const { size, mtimeMs } = await stat(table.path(i))
      hash.update(`\n${size} ${mtimeMs}`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * Refuses fewer pictures than a step takes, and parts without any.
 *
 * @param parts how many pictures each has; the first one is trained on
 */
export function checkEnough(parts: Readonly<Record<string, number>>, batch: number): void {
  const [[first, pictures]] = Object.entries(parts)
  const empty = Object.entries(parts).find(([, count]) => count === 0)
  if (empty !== undefined) {
    throw new InvalidArgumentError(`There are too few pictures: none is left for ${empty[0]}.`, {
      hint: 'Each class is divided; give more pictures.',
    })
  }
  if (pictures >= batch) return
  throw new InvalidArgumentError(`There are ${pictures} pictures for ${first}, fewer than a batch of ${batch}.`, {
    hint: `Give more pictures, or --batch ${pictures}.`,
  })
}
