import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unpackPackage } from '../../../examples/training/unpackPackage.ts'
import { wholeFolder } from '../../../examples/training/wholeFolder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whole-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (text: string) => async (partial: string) => {
  await writeFile(join(partial, 'file'), text)
  return text.length
}

describe('a whole folder', () => {
  it('appears when it is filled, in a folder that is made for it', async () => {
    const path = join(folder, 'a', 'b')
    const filled = await wholeFolder(path, async (partial) => {
      expect(await readdir(join(folder, 'a'))).toEqual([partial.slice(join(folder, 'a').length + 1)])
      return write('new')(partial)
    })
    expect(filled).toBe(3)
    expect(await readFile(join(path, 'file'), 'utf8')).toBe('new')
    expect(await readdir(join(folder, 'a'))).toEqual(['b'])
  })

  it('takes the place of an older one at the end, and not where filling fails', async () => {
    const path = join(folder, 'b')
    await wholeFolder(path, write('old'))
    const failing = wholeFolder(path, async (partial) => {
      await write('half')(partial)
      throw new Error('the disk is full')
    })
    await expect(failing).rejects.toThrow('the disk is full')
    expect(await readFile(join(path, 'file'), 'utf8')).toBe('old')
    await wholeFolder(path, write('new'))
    expect(await readFile(join(path, 'file'), 'utf8')).toBe('new')
    expect(await readdir(folder)).toEqual(['b'])
  })

  it('removes what a process that is gone has left, and nothing of one that runs', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    await mkdir(join(folder, `.b.${pid}.partial`))
    await mkdir(join(folder, `.b.${process.ppid}.partial`))
    await mkdir(join(folder, `.other.${pid}.partial`))
    await wholeFolder(join(folder, 'b'), write('new'))
    expect((await readdir(folder)).sort()).toEqual([`.b.${process.ppid}.partial`, `.other.${pid}.partial`, 'b'].sort())
  })

  it('names what is in its way', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(wholeFolder(join(folder, 'file', 'b'), write('new'))).rejects.toThrow(
      /cannot create the folder .*file/,
    )
  })
})

it('unpackPackage gives the files of a package, and says which could not be fetched', async () => {
  const source = join(folder, 'source')
  await mkdir(source)
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'thing', version: '1.0.0' }))
  await writeFile(join(source, 'data.txt'), 'hello')
  const unpacked = await unpackPackage(source, join(folder, 'target'))
  expect(await readFile(join(unpacked, 'data.txt'), 'utf8')).toBe('hello')
  await expect(unpackPackage(join(folder, 'none'), join(folder, 'other'))).rejects.toThrow(/none could not be fetched/)
})
