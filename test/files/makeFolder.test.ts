import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeFolder } from '../../src/files/makeFolder.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-folders-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('makes a folder and those that it lies in, and leaves one alone that is there', async () => {
  const path = join(folder, 'a', 'b', 'c')
  for (let i = 0; i < 2; i++) {
    await makeFolder(path)
    expect((await stat(path)).isDirectory()).toBe(true)
  }
})

it('makes one at the same time as others do', async () => {
  const paths = ['x', 'y', 'x'].map((name) => join(folder, 'shared', 'by', name))
  await Promise.all(paths.map((path) => makeFolder(path)))
  for (const path of paths) expect((await stat(path)).isDirectory()).toBe(true)
})

it('says where a file is in its place', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(makeFolder(file)).rejects.toThrow(`cannot create the folder ${file}: EEXIST`)
  await expect(makeFolder(join(file, 'in', 'it'))).rejects.toThrow('cannot create the folder')
})

it('comes to an end where a folder is there in which none can be made', async () => {
  const made: string[] = []
  const none = (path: string) => {
    made.push(path)
    return Promise.reject(Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' }))
  }
  const path = join(folder, 'none', 'here')
  await expect(makeFolder(path, none)).rejects.toThrow(
    `cannot create the folder ${join(folder, 'none')}: ENOENT: no such file or directory`,
  )
  expect(made).toEqual([path, join(folder, 'none')])
})
