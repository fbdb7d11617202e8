import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importModule } from '../../src/parallel/importModule.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-import-'))
  await writeFile(join(folder, 'a.mjs'), 'export const five = 5\nexport default 6\n')
  await writeFile(join(folder, 'b.ts'), 'export const seven: number = 7\n')
  await writeFile(join(folder, 'throws.mjs'), 'throw new TypeError("no such thing")\n')
  await writeFile(join(folder, 'imports.mjs'), "import './nowhere.mjs'\n")
})
afterAll(() => rm(folder, { recursive: true }))

describe('importModule', () => {
  it('gives what a module exports, by its path or URL', async () => {
    const path = join(folder, 'a.mjs')
    for (const module of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      expect({ ...(await importModule(module)) }).toEqual({ five: 5, default: 6 })
    }
    expect(await importModule('data:text/javascript,export const x = 1')).toMatchObject({ x: 1 })
  })

  it('reads TypeScript, also by the name that it is compiled to', async () => {
    for (const name of ['b.ts', 'b.js']) expect(await importModule(join(folder, name))).toMatchObject({ seven: 7 })
  })

  it('gives what was exported by a module that was compiled to CommonJS', async () => {
    await writeFile(join(folder, 'c.cjs'), 'exports.__esModule = true\nexports.default = 8\nexports.nine = 9\n')
    expect(await importModule(join(folder, 'c.cjs'))).toMatchObject({ default: 8, nine: 9 })
    await writeFile(join(folder, 'd.cjs'), 'module.exports = { ten: 10 }\n')
    expect(await importModule(join(folder, 'd.cjs'))).toMatchObject({ default: { ten: 10 } })
  })

  it('says what to do where an ES module runs as CommonJS', async () => {
    const code = 'throw Object.assign(new Error("no require()"), { code: "ERR_REQUIRE_ESM" })\n'
    await writeFile(join(folder, 'e.mjs'), code)
    await expect(importModule(join(folder, 'e.mjs'))).rejects.toThrow(
      `cannot load ${join(folder, 'e.mjs')}: Error: no require(). It runs as CommonJS: write "type": "module" in its ` +
        'package.json, or give it a name that ends in .mts or .mjs.',
    )
  })

  it.each<[string, string, string]>([
    ['none.mjs', 'NotFoundError', 'there is no ~/none.mjs. Check the path.'],
    ['throws.mjs', 'FailedPreconditionError', 'cannot load ~/throws.mjs: TypeError: no such thing.'],
  ])('names %s', async (name, Class, message) => {
    const error: unknown = await importModule(join(folder, name)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: Class, message: message.replace('~', folder) })
  })

  it('names a module whose import is missing', async () => {
    const path = join(folder, 'imports.mjs')
    await expect(importModule(path)).rejects.toThrow(
      expect.objectContaining({
        name: 'NotFoundError',
        message: expect.stringMatching(
          /^cannot load .*imports\.mjs: .*nowhere\.mjs.* Check the paths in its imports\.$/s,
        ) as string,
        cause: expect.any(Error) as Error,
      }),
    )
  })

  it.each<[unknown]>([['./a.mjs'], [7], [undefined]])('refuses %j', async (module) => {
    await expect(importModule(module as string)).rejects.toThrow(
      expect.objectContaining({
        name: 'InvalidArgumentError',
        message: expect.stringMatching(/^importModule: module must be a URL or an absolute path/) as string,
      }),
    )
  })
})
