import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { followLinks } from '../../src/files/followLinks.ts'
import { nodeFileSystem } from '../../src/files/fileSystem.ts'
import { publishAll } from '../../src/files/publishAll.ts'
import { AtomicFile } from '../../src/files/atomicFile.ts'
import { writeAtomically } from '../../src/files/writeAtomically.ts'
import { tfrecords, writeTFRecords } from '../../src/tfrecord/index.ts'

let folder = ''
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'millrace-links-')))
  await mkdir(join(folder, 'real'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const bytes = (text: string) => Buffer.from(text)
const isLink = async (name: string) => (await lstat(at(name))).isSymbolicLink()
const text = (name: string) => readFile(at(name), 'utf8')

describe('followLinks', () => {
  it.each([
    ['a file', 'real/file', 'real/file'],
    ['nothing', 'none', 'none'],
    ['what lies in no folder', 'real/file/none', 'real/file/none'],
    ['a link', 'link', 'real/file'],
    ['a link to a link', 'again', 'real/file'],
    ['a link to nothing', 'dangling', 'real/none'],
  ])('of %s', async (_name, path, target) => {
    await writeFile(at('real/file'), 'old')
    await symlink('real/file', at('link'))
    await symlink(at('link'), at('again'))
    await symlink('real/none', at('dangling'))
    expect(await followLinks(at(path))).toBe(at(target))
  })

  it('refuses a circle', async () => {
    await symlink('b', at('a'))
    await symlink('a', at('b'))
    await expect(writeAtomically(at('a'), bytes('new'))).rejects.toMatchObject({
      name: 'FailedPreconditionError',
      file: at('a'),
      message: `cannot write ${at('a')}: its symbolic links lead in a circle. Remove the links, or name a file.`,
    })
    expect(await readdir(folder)).toEqual(['a', 'b', 'real'])
  })
})

describe('a file that is written through a link', () => {
  it.each(['an older file', 'nothing'])('takes the place of %s where the link leads', async (older) => {
    if (older !== 'nothing') await writeFile(at('real/file'), 'old')
    await symlink('real/file', at('link'))
    await writeAtomically(at('link'), bytes('new'))
    expect([await isLink('link'), await isLink('real/file'), await text('real/file')]).toEqual([true, false, 'new'])
    expect([await readdir(folder), await readdir(at('real'))]).toEqual([['link', 'real'], ['file']])
  })

  it('lies beside the real file until it is published', async () => {
    await symlink('real/file', at('link'))
    const file = await AtomicFile.create(at('link'))
    expect(file.temporary.startsWith(at('real/.file.'))).toBe(true)
    expect(file.path).toBe(at('link'))
    await file.discard()
    expect(await readdir(at('real'))).toEqual([])
  })

  it('leaves the older one, where another file cannot be published', async () => {
    await writeFile(at('real/file'), 'old')
    await symlink('real/file', at('link'))
    const rename = (from: string, to: string) =>
      to === at('other') ? Promise.reject(new Error('injected')) : nodeFileSystem.rename(from, to)
    const system = { ...nodeFileSystem, rename }
    const files = [await AtomicFile.create(at('link'), system), await AtomicFile.create(at('other'), system)]
    for (const file of files) {
      await file.write(bytes('new'), 3)
      await file.finish(false)
    }
    await expect(publishAll(files)).rejects.toThrow('injected')
    for (const file of files) await file.discard()
    expect([await isLink('link'), await text('real/file'), await readdir(at('real'))]).toEqual([true, 'old', ['file']])
  })

  it('is not made in a folder that does not exist, which the error names', async () => {
    await symlink('none/file', at('link'))
    await expect(writeAtomically(at('link'), bytes('new'))).rejects.toMatchObject({
      name: 'NotFoundError',
      file: at('none/file'),
    })
  })

  it('may be TFRecords, one file or several that are named at the end', async () => {
    await symlink('real/a', at('a.tfrecord'))
    await writeTFRecords(at('a.tfrecord'), [bytes('1')])
    await symlink('real/b', at('b-00001-of-00002'))
    await writeTFRecords(at('b'), [bytes('1'), bytes('2')], { shards: 2 })
    expect([await isLink('a.tfrecord'), await isLink('b-00001-of-00002')]).toEqual([true, true])
    expect(await readdir(at('real'))).toEqual(['a', 'b'])
    expect((await tfrecords(at('b-*')).toArray()).length).toBe(2)
  })
})

it('a dataset is saved through a link to nothing', async () => {
  await symlink('real/saved', at('saved'))
  await Dataset.range(3).save(at('saved'))
  expect([await isLink('saved'), await readdir(at('real'))]).toEqual([true, ['saved']])
  expect(await Dataset.load(at('saved')).toArray()).toEqual([0, 1, 2])
})
