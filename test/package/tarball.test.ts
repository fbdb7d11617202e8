import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

/*
 * What `npm pack` would publish of what `npm test` built: just what is needed, within the sizes that the docs state.
 */

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Packed {
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

let packed: Packed
let paths: readonly string[]
beforeAll(() => {
  // npm is a script of the shell on Windows.
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 2 ** 24 } as const
  const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options)
  ;[packed] = JSON.parse(said) as [Packed]
  paths = packed.files.map(({ path }) => path)
})

describe('the tarball', () => {
  it('holds the built files, declarations, and the texts that belong to a package', () => {
    const code = paths.filter((path) => path.startsWith('dist/') && !path.endsWith('.d.ts'))
    const commands = code.filter((path) => path.startsWith('dist/cli/'))
    expect(code.filter((path) => !commands.includes(path)).toSorted()).toEqual([
      'dist/core.js',
      'dist/image.js',
      'dist/image/index.js',
      'dist/index.js',
      'dist/loadWorker.js',
      'dist/testing.js',
      'dist/testing/index.js',
      'dist/tfrecord.js',
      'dist/tfrecord/index.js',
      'dist/train.js',
      'dist/train/index.js',
      'dist/workerEntry.js',
    ])
    expect(commands.filter((path) => !paths.includes(path.replace(/\.js$/, '.d.ts')))).toEqual([])
    const texts = paths.filter((path) => !path.startsWith('dist/'))
    expect(texts.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'package.json'])
    expect(paths.filter((path) => /\.test\.|fixture|\/\./.test(path))).toEqual([])
  })

  it('points to no source map that is not there', () => {
    const scripts = paths.filter((path) => path.startsWith('dist/'))
    const pointing = scripts.filter((path) => readFileSync(root + path, 'utf8').includes('//# sourceMappingURL'))
    expect(pointing).toEqual([])
  })

  it('has what package.json points to', () => {
    const { exports, bin } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
      readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
      readonly bin: Readonly<Record<string, string>>
    }
    const targets = [...Object.values(exports), bin].flatMap((to) =>
      typeof to === 'string' ? [to] : Object.values(to),
    )
    expect(targets.filter((target) => !paths.includes(target.replace('./', '')))).toEqual([])
  })

  it('runs nothing when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { readonly scripts: object }
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare']
    expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([])
  })

  it('is as large as docs/installing.md says: no larger, and not much smaller', () => {
    const text = readFileSync(`${root}docs/installing.md`, 'utf8')
    const stated = /at most ([\d.]+) kB to download and ([\d.]+) MB on disk/.exec(text)
    expect(stated).not.toBeNull()
    const [, download, disk] = (stated ?? []).map(Number)
    for (const [bytes, limit] of [
      [packed.size, download * 1e3],
      [packed.unpackedSize, disk * 1e6],
    ]) {
      expect(bytes).toBeLessThanOrEqual(limit)
      expect(bytes).toBeGreaterThan(limit * 0.6)
    }
  })
})
