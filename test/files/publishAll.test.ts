import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AtomicFile } from '../../src/files/atomicFile.ts'
import { nodeFileSystem, type FileSystem } from '../../src/files/fileSystem.ts'
import { publishAll } from '../../src/files/publishAll.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-publish-'))
})
afterEach(() => rm(folder, { recursive: true }))

const names = ['a', 'b', 'c', 'd']
const failure = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })

/** Every file of the folder with its text. */
async function contents(): Promise<Record<string, string>> {
  const found = (await readdir(folder)).sort()
  return Object.fromEntries<string>(
    await Promise.all(
      found.map(async (name): Promise<[string, string]> => [name, await readFile(join(folder, name), 'utf8')]),
    ),
  )
}

/** Finished files with the text `new`, over the given file system. */
async function written(system: FileSystem): Promise<AtomicFile[]> {
  const files: AtomicFile[] = []
  for (const name of names) {
    const file = await AtomicFile.create(join(folder, name), system)
    await file.write(Buffer.from('new'), 3)
    await file.finish(true)
    files.push(file)
  }
  return files
}

async function publish(system: FileSystem): Promise<unknown> {
  const files = await written(system)
  try {
    await publishAll(files)
    return undefined
  } catch (error) {
    for (const file of files) await file.discard()
    return error
  }
}

/** Fails the nth call of an operation. */
function failing(operation: 'rename' | 'link' | 'copyFile' | 'syncFolder', nth: number, code = 'EIO'): FileSystem {
  let calls = 0
  const replaced = (from: string, to: string): Promise<void> =>
    ++calls === nth ? Promise.reject(failure(code)) : nodeFileSystem[operation](from, to)
  return { ...nodeFileSystem, [operation]: replaced }
}

/** One without links, as on some network file systems and memory cards. */
const withoutLinks: FileSystem = { ...nodeFileSystem, link: () => Promise.reject(failure('EPERM')) }

const older = { a: 'old a', c: 'old c' }
const writeOlder = async (): Promise<void> => {
  for (const [name, text] of Object.entries(older)) await writeFile(join(folder, name), text)
}

describe('publishAll', () => {
  it.each([nodeFileSystem, withoutLinks])('replaces older files, and leaves nothing beside the new', async (system) => {
    await writeOlder()
    expect(await publish(system)).toBeUndefined()
    expect(await contents()).toEqual(Object.fromEntries(names.map((name) => [name, 'new'])))
  })

  it.each(
    (['rename', 'link', 'syncFolder'] as const).flatMap((operation) =>
      [1, 2, 3, 4].map((nth) => [operation, nth] as const),
    ),
  )('leaves every name as it was where %s %i fails', async (operation, nth) => {
    await writeOlder()
    expect(await publish(failing(operation, nth, operation === 'link' ? 'EXDEV' : 'EIO'))).toEqual(
      // A link that fails is replaced by a copy.
      operation === 'link'
        ? undefined
        : expect.objectContaining({ name: 'UnknownError', file: join(folder, names[nth - 1]) }),
    )
    expect(await contents()).toEqual(
      operation === 'link' ? Object.fromEntries(names.map((name) => [name, 'new'])) : older,
    )
  })

  it('touches no name where an older file cannot be kept aside', async () => {
    await writeOlder()
    const system = { ...failing('copyFile', 3, 'ENOSPC'), link: () => Promise.reject(failure('EPERM')) }
    expect(await publish(system)).toMatchObject({ name: 'ResourceExhaustedError', file: join(folder, 'c') })
    expect(await contents()).toEqual(older)
  })

  it('has the older file again where the name of a single one cannot be synced', async () => {
    await writeOlder()
    const [file, ...others] = await written(failing('syncFolder', 1))
    await expect(publishAll([file])).rejects.toThrow('EIO: injected')
    for (const other of [file, ...others]) await other.discard()
    expect(await contents()).toEqual(older)
  })

  it('reports the first failure where going back fails as well', async () => {
    await writeOlder()
    let renames = 0
    const system: FileSystem = {
      ...nodeFileSystem,
      rename: (from, to) => (++renames > 1 ? Promise.reject(failure(`E${renames}`)) : nodeFileSystem.rename(from, to)),
    }
    expect(await publish(system)).toMatchObject({ message: expect.stringContaining('E2: injected') as string })
    // The new file is whole; the older one still lies beside it, under the name that it was kept by.
    const left = await contents()
    expect([left.a, left.c]).toEqual(['new', 'old c'])
    expect(Object.keys(left).filter((name) => name.endsWith('.old'))).toHaveLength(1)
  })
})
