import { basename, join } from 'node:path'
import { InvalidArgumentError } from 'millrace'
import { imageTable, type ImageTable } from 'millrace/image'
import { emojiClasses, fetchEmoji, type Vendor } from '../emoji/fetchEmoji.ts'
import { pictureClasses, someOf } from '../transfer/pictureClasses.ts'
import type { Flags } from './flags.ts'

/** The pictures of each part. */
export interface Sources {
  readonly train: ImageTable
  readonly validation: ImageTable
  readonly test: ImageTable
  /** What the run is about, as `Emoji of google and twitter, tested on those of facebook`. */
  readonly title: string
}

/**
 * Lists the pictures. A tenth of those to train on is kept for validation, and one more to test where no others are given
 * for that; pictures of one name stay together, so that an emoji is not trained on as another vendor drew it.
 */
export async function findSources(flags: Flags): Promise<Sources> {
  const { dir, testDir, data, vendors, testVendor, seed, pictures } = flags
  const some = (all: ImageTable): ImageTable => someOf(all, pictures, seed)
  if (dir === undefined) {
    const [train, test] = [some(await emoji(data, vendors)), some(await emoji(data, [testVendor]))]
    return {
      ...divided(train, seed),
      test,
      title: `Emoji of ${vendors.join(' and ')}, tested on those of ${testVendor}`,
    }
  }
  const table = some(await pictureClasses(dir))
  const title = `The pictures of ${basename(dir)}`
  if (testDir === undefined) {
    const { test, rest } = table.split({ test: 0.1, rest: 0.9 }, { seed, exact: true })
    return { ...divided(rest, seed), test, title }
  }
  const test = some(await pictureClasses(testDir))
  const [trained, tested] = [table, test].map(({ classNames }) => classNames.join(', '))
  if (trained === tested) return { ...divided(table, seed), test, title: `${title}, tested on ${basename(testDir)}` }
  throw new InvalidArgumentError(`${testDir} has the classes ${tested}, where ${dir} has ${trained}.`, {
    hint: 'A model can be tested on the classes that it was trained on.',
  })
}

/** The emoji of some vendors as one table. */
async function emoji(data: string, vendors: readonly Vendor[]): Promise<ImageTable> {
  for (const vendor of vendors) await fetchEmoji(data, vendor)
  return imageTable(join(data, 'emoji'), {
    include: vendors.map((vendor) => `${vendor}/**`),
    labels: (file) => file.split('/')[1],
    classNames: emojiClasses,
  })
}

function divided(table: ImageTable, seed: number): Pick<Sources, 'train' | 'validation'> {
  return table.split({ validation: 0.1, train: 0.9 }, { seed: seed + 1, group: (file) => basename(file) })
}
