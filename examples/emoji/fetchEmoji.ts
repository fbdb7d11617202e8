import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UnavailableError } from 'millrace'
import { say } from '../training/say.ts'
import { unpackPackage } from '../training/unpackPackage.ts'
import { wholeFolder } from '../training/wholeFolder.ts'

/** Who drew the emoji. Those of Google and Twitter are under free licences, those of Apple and Facebook are not. */
export const vendors = ['google', 'twitter', 'facebook', 'apple'] as const
export type Vendor = (typeof vendors)[number]

/** Categories that pictures of other vendors can be told by. */
export const emojiClasses = ['animals-nature', 'flags', 'food-drink', 'smileys-emotion', 'travel-places'] as const

/** What is used of emoji.json. */
interface Emoji {
  readonly image: string
  readonly category: string
  readonly [vendor: `has_img_${string}`]: boolean
}

const version = '16.0.0'

/**
 * The emoji of a vendor as a folder of classes, their categories: fetched with npm where it is not there yet. Google's are
 * under Apache-2.0, Twitter's under CC-BY 4.0; nothing is part of this project.
 *
 * @returns the folder; it appears whole or not at all
 * @throws UnavailableError where they cannot be fetched
 */
export async function fetchEmoji(data: string, vendor: Vendor): Promise<string> {
  const folder = join(data, 'emoji', vendor)
  if (existsSync(folder)) return folder
  try {
    say(`fetching emoji-datasource-${vendor} ${version} into ${folder}`)
    await wholeFolder(folder, async (partial) => {
      const download = join(partial, '.download')
      await arrange(await unpackPackage(`emoji-datasource-${vendor}@${version}`, download), vendor, partial)
      await rm(download, { recursive: true })
    })
  } catch (error) {
    throw new UnavailableError(
      `the emoji cannot be fetched: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'Give a folder of pictures of your own with --dir.',
        cause: error,
      },
    )
  }
  return folder
}

/** Copies the pictures into folders named after their categories. */
async function arrange(source: string, vendor: Vendor, target: string): Promise<void> {
  const list = JSON.parse(await readFile(join(source, 'emoji.json'), 'utf8')) as readonly Emoji[]
  for (const emoji of list) {
    // Components, such as skin tones, are no pictures of their own.
    if (!emoji[`has_img_${vendor}`] || emoji.category === 'Component') continue
    const folder = join(target, emoji.category.toLowerCase().replaceAll(/[^a-z]+/g, '-'))
    await mkdir(folder, { recursive: true })
    await copyFile(join(source, 'img', vendor, '64', emoji.image), join(folder, emoji.image))
  }
}
