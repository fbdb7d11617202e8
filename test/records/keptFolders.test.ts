import { mkdirSync, readdirSync, readFileSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { nodeDirectorySystem } from '../../src/files/atomicDirectory.ts'
import { keptFolders, removeKeptFolder } from '../../src/records/keptFolders.ts'
import { freshFolder } from '../contract/freshFolder.ts'

/** The number of a process that is gone: none may be so high. */
const gone = 2 ** 22 + 1

/** A directory with a pass in it, and what `save` wrote. */
async function filled(): Promise<{ directory: string; pass: string; saved: string }> {
  const directory = freshFolder()
  const pass = Dataset.range(5)
    .map((x) => ({ x }))
    .cache(directory)
  await pass.withOptions({ seed: 7 }).toArray()
  const saved = join(directory, 'zoo')
  await Dataset.range(6).save(saved, { shards: 2, compression: 'GZIP' })
  const [name] = readdirSync(directory)
  return { directory, pass: join(directory, name), saved }
}

const put = (folder: string, ...names: string[]) => {
  mkdirSync(folder, { recursive: true })
  for (const name of names) writeFileSync(join(folder, name), name)
}

describe('keptFolders', () => {
  it('tells what caches and save left, by name', async () => {
    const { directory, pass, saved } = await filled()
    utimesSync(join(saved, 'metadata.json'), 4e9, 4e9)
    expect(await keptFolders(directory)).toEqual([
      {
        path: pass,
        kind: 'pass',
        key: basename(pass).slice(0, 32),
        seed: 7,
        elements: 5,
        files: 2,
        bytes: sizeOf(pass),
        writtenMs: expect.any(Number) as number,
      },
      {
        path: saved,
        kind: 'saved',
        elements: 6,
        spec: Dataset.range(1).elementSpec,
        compression: 'GZIP',
        files: 3,
        bytes: sizeOf(saved),
        writtenMs: 4e12,
      },
    ])
  })

  it('tells of one folder alone, and of none in an empty directory', async () => {
    const { saved } = await filled()
    expect(await keptFolders(saved)).toMatchObject([{ path: saved, kind: 'saved' }])
    expect(await keptFolders(`${saved}/`)).toMatchObject([{ path: `${saved}/`, kind: 'saved' }])
    const empty = freshFolder()
    mkdirSync(empty)
    expect(await keptFolders(empty)).toEqual([])
  })

  it('leaves out what is none, whatever it is called', async () => {
    const directory = freshFolder()
    put(directory, 'file', `${'a'.repeat(32)}-0`)
    put(join(directory, 'notes'), 'metadata.json', 'text')
    put(join(directory, 'other'), 'metadata.json')
    writeFileSync(join(directory, 'other', 'metadata.json'), '{"millrace":"something else"}')
    put(join(directory, `${'b'.repeat(32)}-0`), 'text')
    put(join(directory, `.mine.${gone}-0.tmp`), 'text')
    put(join(directory, `.mine.tmp`))
    expect(await keptFolders(directory)).toEqual([])
  })

  it('tells what is not whole yet, or no longer, and who is at it', async () => {
    const directory = freshFolder()
    put(join(directory, `.a.${gone}-0.tmp`), '00000-of-00001.elements', `.metadata.json.${gone}-3.tmp`)
    put(join(directory, `.b.${process.pid}-0.tmp`), `.00000-of-00001.elements.${process.pid}-1.tmp`)
    put(join(directory, `.c.${gone}-0.removed`))
    const found = await keptFolders(directory)
    expect(found.map(({ path, kind, process: id, files }) => [basename(path), kind, id, files])).toEqual([
      [`.a.${gone}-0.tmp`, 'unfinished', undefined, 2],
      [`.b.${process.pid}-0.tmp`, 'unfinished', process.pid, 1],
      [`.c.${gone}-0.removed`, 'unfinished', undefined, 0],
    ])
  })

  it.each<[string, (folder: string) => void, string]>([
    ['a missing file', (folder) => unlinkSync(join(folder, shard)), `${shard} is missing.`],
    [
      'a cut file',
      (folder) => truncateSync(join(folder, shard), 10),
      expect.stringMatching(/^00001-of-00002\.elements has 10 bytes, not \d+\.$/) as string,
    ],
    ['no metadata', (folder) => unlinkSync(join(folder, 'metadata.json')), 'There is no metadata.json.'],
    [
      'damaged metadata',
      (folder) => truncateSync(join(folder, 'metadata.json'), 10),
      expect.stringMatching(/^.*metadata\.json is no JSON: .*\.$/) as string,
    ],
  ])('says that there is %s', async (_, damage, problem) => {
    const { saved } = await filled()
    damage(saved)
    expect(await keptFolders(saved)).toMatchObject([{ path: saved, problem }])
  })

  it('refuses a directory that is not there, or a file', async () => {
    const { saved } = await filled()
    for (const path of [join(saved, 'none'), join(saved, 'metadata.json')]) {
      await expect(keptFolders(path)).rejects.toThrow(expect.objectContaining({ name: 'NotFoundError', file: path }))
    }
  })
})

const shard = '00001-of-00002.elements'

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0)
}

describe('removeKeptFolder', () => {
  it('removes a folder, whole, damaged or left over, and nothing else', async () => {
    const { directory, pass, saved } = await filled()
    const left = join(directory, `.a.${gone}-0.tmp`)
    put(left, '00000-of-00001.elements')
    truncateSync(join(pass, 'metadata.json'), 1)
    for (const path of [pass, left]) await removeKeptFolder({ path })
    expect(readdirSync(directory)).toEqual([basename(saved)])
    await removeKeptFolder({ path: pass })
  })

  it('refuses what another process is at, what is no folder of elements, and what holds other files', async () => {
    const { directory, saved } = await filled()
    const busy = join(directory, `.b.${process.pid}-0.tmp`)
    const other = join(directory, 'other')
    put(busy)
    put(other, 'text')
    put(saved, 'notes.txt')
    const before = readdirSync(directory)
    for (const [path, why] of [
      [busy, `is in use by process ${process.pid}`],
      [other, 'is no folder of elements'],
      [saved, 'holds notes.txt, which millrace did not write'],
    ]) {
      await expect(removeKeptFolder({ path })).rejects.toThrow(
        expect.objectContaining({
          name: 'FailedPreconditionError',
          message: `${path} ${why}. It was not removed.`,
          file: path,
        }),
      )
    }
    expect(readdirSync(directory)).toEqual(before)
    expect(readdirSync(saved)).toContain('notes.txt')
  })

  it('names the folder where the file system fails', async () => {
    const { saved } = await filled()
    const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    const system = { ...nodeDirectorySystem, rename: () => Promise.reject(refused) }
    await expect(removeKeptFolder({ path: saved }, system)).rejects.toThrow(
      expect.objectContaining({ name: 'PermissionDeniedError', file: saved }),
    )
    await rm(saved, { recursive: true })
  })
})
