import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { projectFiles } from '../../src/cli/new/projectFiles.ts'
import { writeProject, type ProjectSystem } from '../../src/cli/new/writeProject.ts'
import { freshFolder } from '../contract/freshFolder.ts'
import { fails, ok, runMillrace } from './terminal.ts'

const typescript = ['.gitignore', 'README.md', 'package.json', 'pipeline.ts', 'shapes.ts', 'train.ts', 'tsconfig.json']
const javascript = ['.gitignore', 'README.md', 'package.json', 'pipeline.js', 'shapes.js', 'train.js']
const parent = () => {
  const folder = freshFolder()
  mkdirSync(folder)
  return folder
}
const names = (folder: string) => readdirSync(folder).sort()

describe('new', () => {
  it('writes a project into a folder that is not there yet, or is empty', async () => {
    const folder = parent()
    const path = join(folder, 'deep', 'My Shapes')
    expect(await runMillrace(folder, ['new', path])).toEqual(
      ok(`~/deep/My Shapes: package.json, tsconfig.json, .gitignore, README.md, shapes.ts, pipeline.ts, train.ts
Go on with:
  cd '~/deep/My Shapes'
  npm install
  npm start
`),
    )
    expect(names(path)).toEqual(typescript)
    expect(names(dirname(path))).toEqual(['My Shapes'])
    expect(JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))).toMatchObject({ name: 'my-shapes' })
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const { code, out } = await runMillrace(folder, ['new', empty, '--javascript', '--json'])
    const files = (JSON.parse(out) as { files: string[] }).files.sort()
    expect([code, files, names(empty)]).toEqual([0, javascript, javascript])
  })

  it('depends on what this release does', () => {
    const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
    interface Manifest extends Record<'dependencies' | 'devDependencies' | 'peerDependencies', Record<string, string>> {
      readonly version: string
    }
    const own = JSON.parse(text('package.json')) as Manifest
    const { dependencies, devDependencies } = JSON.parse(projectFiles('x', 'ts')['package.json']) as Manifest
    expect(dependencies).toEqual({
      '@tensorflow/tfjs': own.peerDependencies['@tensorflow/tfjs'],
      '@tensorflow/tfjs-backend-wasm': own.peerDependencies['@tensorflow/tfjs-backend-wasm'],
      millrace: `^${own.version}`,
    })
    expect(Object.values(devDependencies).every((version) => typeof version === 'string')).toBe(true)
    expect(JSON.parse(projectFiles('x', 'js')['package.json'])).not.toHaveProperty('devDependencies')
  })

  it('refuses a folder that is not empty, and a file', async () => {
    const folder = parent()
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(folder, name), '')
    expect(await runMillrace(folder, ['new', folder])).toEqual(
      fails(
        1,
        'AlreadyExistsError: new: ~ is not empty: it has a, b, c, .... Name a folder that is empty, or is not there yet.',
      ),
    )
    const { code, err } = await runMillrace(folder, ['new', join(folder, 'a')])
    expect([code, err.split(':')[0]]).toEqual([1, 'NotFoundError'])
    expect(names(folder)).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe.each([
  ['that is not there', false],
  ['that is empty', true],
])('where writing into a folder %s fails', (_, exists) => {
  const files = { a: '1', b: '2', c: '3' }

  /** Fails at the `count`-th call of a function. */
  function failing(name: keyof ProjectSystem, count: number): ProjectSystem {
    const system: ProjectSystem = { mkdir, readdir, rename, rm, writeFile }
    let calls = 0
    const full = (...args: unknown[]) => {
      calls++
      if (calls < count) return (system[name] as (...given: unknown[]) => Promise<unknown>)(...args)
      return Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }))
    }
    return { ...system, [name]: full }
  }

  it.each<[keyof ProjectSystem, number]>([
    ['mkdir', 1],
    ['writeFile', 1],
    ['writeFile', 3],
    ['rename', 1],
    ...(exists ? [['rename', 3] satisfies [keyof ProjectSystem, number]] : []),
  ])('at %s, call %d, nothing is left', async (name, count) => {
    const folder = parent()
    const path = join(folder, 'project')
    if (exists) mkdirSync(path)
    await expect(writeProject(path, files, failing(name, count))).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceExhaustedError', file: path }),
    )
    expect(names(folder)).toEqual(exists ? ['project'] : [])
    if (exists) expect(names(path)).toEqual([])
    await writeProject(path, files)
    expect(names(path)).toEqual(['a', 'b', 'c'])
  })
})

describe.each(['ts', 'js'] as const)('the project in %s', (language) => {
  const folder = freshFolder()
  const npm = (...args: string[]) => promisify(execFile)('npm', ['--silent', ...args], { cwd: folder })

  it('works as it is written', { timeout: 300_000 }, async () => {
    await runMillrace('~', ['new', folder, ...(language === 'js' ? ['--javascript'] : [])])
    // As `npm install` would fill it, with this working tree as the package millrace.
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
    if (language === 'ts') expect(await npm('run', 'check')).toMatchObject({ stdout: '' })
    const { stdout } = await npm('start', '--', '--epochs', '1')
    expect(stdout).toMatch(/^\d+\.\d% of \d+ test pictures are right, on (wasm|node)\n$/)
    expect(names(join(folder, 'data'))).toEqual(['circle', 'square', 'triangle'])
    expect(existsSync(join(folder, 'last.safetensors'))).toBe(true)
    const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >
    const [program, ...args] = scripts.explain.split(' ')
    const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
    const plan = await promisify(execFile)(process.execPath, [main, ...args], { cwd: folder })
    expect(program).toBe('millrace')
    expect(plan.stdout).toMatch(/^as written\n {2}batch\(batchSize: 32, dropRemainder: true\) +\d+ of \{image: float32/)
  })
})
