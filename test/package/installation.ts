import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startNode, type Ended } from '../parallel/fixtures/programs.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

/** The packages that this one asks for. */
export const dependencies = Object.keys(manifest.dependencies)
export const optionalDependencies = Object.keys(manifest.optionalDependencies)
const peers = Object.keys(manifest.peerDependencies)

/**
 * The built package, installed in a folder of a user, with some of the packages that it asks for and without the others:
 * these are nowhere above the folder.
 */
export class Installation {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-installed-')))
  #count = 0

  /** @param missing packages that are not there */
  constructor(missing: readonly string[] = []) {
    const modules = join(this.folder, 'node_modules')
    mkdirSync(join(modules, 'millrace'), { recursive: true })
    cpSync(join(root, 'dist'), join(modules, 'millrace/dist'), { recursive: true })
    cpSync(join(root, 'package.json'), join(modules, 'millrace/package.json'))
    for (const name of [...dependencies, ...optionalDependencies, ...peers]) {
      const from = join(root, 'node_modules', name)
      if (missing.includes(name) || !existsSync(from)) continue
      mkdirSync(dirname(join(modules, name)), { recursive: true })
      symlinkSync(from, join(modules, name), 'junction')
    }
  }

  /** Writes a module of the user. */
  write(name: string, lines: string): void {
    writeFileSync(join(this.folder, name), lines)
  }

  /** Runs the text of a module to its end. */
  run(program: string): Promise<Ended> {
    const script = `script${this.#count++}.mjs`
    this.write(script, program)
    return startNode([script], this.folder)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
