import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UnavailableError } from 'millrace'
import { run } from '../native/run.ts'
import { say } from '../training/say.ts'

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
export async function fetchEmoji(data: string, vendor: 'google' | 'twitter'): Promise<string> {
  const folder = join(data, 'emoji', vendor)
  if (existsSync(folder)) return folder
  const partial = join(data, 'emoji', `.${vendor}.${process.pid}.partial`)
  await mkdir(partial, { recursive: true })
  try {
    say(`fetching emoji-datasource-${vendor} ${version} into ${folder}`)
    await unpack(`emoji-datasource-${vendor}@${version}`, partial)
    await arrange(join(partial, 'package'), vendor, join(partial, 'classes'))
    await rename(join(partial, 'classes'), folder)
  } catch (error) {
    throw new UnavailableError(
      `the emoji cannot be fetched: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'Give a folder of pictures of your own with --dir.',
        cause: error,
      },
    )
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return folder
}

async function unpack(name: string, cwd: string): Promise<void> {
  const failed = `${name} could not be fetched.`
  await run({ command: 'npm', args: ['pack', '--silent', name], cwd, missing: 'npm is not installed.', failed })
  const [archive] = (await readdir(cwd)).filter((file) => file.endsWith('.tgz'))
  await run({ command: 'tar', args: ['xzf', archive], cwd, missing: 'tar is not installed.', failed })
}

/** Copies the pictures into folders named after their categories. */
async function arrange(source: string, vendor: string, target: string): Promise<void> {
  const list = JSON.parse(await readFile(join(source, 'emoji.json'), 'utf8')) as readonly Emoji[]
  for (const emoji of list) {
    // Components, such as skin tones, are no pictures of their own.
    if (!emoji[`has_img_${vendor}`] || emoji.category === 'Component') continue
    const folder = join(target, emoji.category.toLowerCase().replaceAll(/[^a-z]+/g, '-'))
    await mkdir(folder, { recursive: true })
    await copyFile(join(source, 'img', vendor, '64', emoji.image), join(folder, emoji.image))
  }
}
