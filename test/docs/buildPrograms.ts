import { grouped } from './grouped.ts'
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { instrument } from './instrument.ts'
import { exportedNames, importsFor } from './namesInReach.ts'
import { mainOf, type Program } from './program.ts'

/** A program that was written and compiled. */
export interface Built {
  readonly page: string
  readonly title: string
  /** The compiled module that runs. */
  readonly main: string
  /** How many checks it has to make. */
  readonly checks: number
  readonly output: string | undefined
  /** What the compiler says of it: the place in the page, and the message. */
  readonly complaints: readonly string[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Where the programs are built: inside the project, so that they import millrace by its name. */
export const folder = join(root, 'docs/dist/examples')
const runtime = join(folder, 'runtime')
const names = fileURLToPath(new URL('names', import.meta.url))
const publicModules = ['index', 'tfrecord/index', 'image/index', 'train/index', 'testing/index']

/**
 * Writes the programs, with imports of the names that they use without saying so, and compiles them strictly against the
 * built package. In reach are the names of `names/all.ts`, those of `names/<page>.ts` or `names/<room>.ts`, which each program
 * has a copy of, what a source file itself exports, and the public names.
 */
export function buildPrograms(programs: readonly Program[]): Built[] {
  rmSync(folder, { recursive: true, force: true })
  installModules()
  cpSync(fileURLToPath(new URL('runtime', import.meta.url)), runtime, { recursive: true })
  const written = programs.map((program, i) => write(program, join(folder, String(i))))
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path)).config as {
    compilerOptions: object
  }
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, noUnusedLocals: false, noUnusedParameters: false },
    root,
  )
  const sources = [...written.flatMap(({ paths }) => paths), join(runtime, 'main.ts')]
  const compiled = ts.createProgram(sources, options)
  compiled.emit()
  const complaints = grouped(ts.getPreEmitDiagnostics(compiled), ({ file }) => file?.fileName ?? '')
  return written.map(({ built, paths, program }) => ({
    ...built,
    complaints: paths.flatMap((path) =>
      (complaints.get(path) ?? []).map(({ start = 0, file, messageText }) => {
        const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) - 1
        const number = program.modules.get(basename(path))?.[line]?.number ?? 0
        return `${program.page}:${number} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
      }),
    ),
  }))
}

/**
 * Makes `millrace` in the programs, and in their threads, the modules that the package is put together from, and
 * `millrace/internal/…` each of them: examples of source files use what is not public.
 */
function installModules(): void {
  const installed = join(folder, 'node_modules/millrace')
  mkdirSync(installed, { recursive: true })
  symlinkSync(join(root, 'dist'), join(installed, 'dist'), 'junction')
  const target = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/.modules/${name}.js` })
  const entries = publicModules.map((name) => [`./${name}`.replace(/\/index$/, ''), target(name)] as const)
  const exports = { ...Object.fromEntries(entries), './internal/*': target('*') }
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'millrace', type: 'module', exports }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
}

function write(
  program: Program,
  place: string,
): { built: Omit<Built, 'complaints'>; paths: string[]; program: Program } {
  mkdirSync(place, { recursive: true })
  cpSync(names, join(place, 'names'), { recursive: true })
  let checks = 0
  const paths = [...program.modules].map(([name, lines]) => {
    const plain = lines.map(({ text }) => text).join('\n')
    const made = instrument(plain)
    checks += made.checks
    const path = join(place, name)
    // One line before those of the page.
    const helpers = made.checks > 0 ? `import { check, prints, throws } from '../runtime/check.js'; ` : ''
    writeFileSync(path, `${helpers}${importsFor(plain, modulesInReach(program.page))}\n${made.code}\nexport {}\n`)
    return path
  })
  const main = join(place, mainOf(program).replace(/\.ts$/, '.js'))
  const { page, title, output } = program
  return { built: { page, title, main, checks, output }, paths, program }
}

const reach = new Map<string, readonly (readonly [string, readonly string[]])[]>()

function modulesInReach(page: string): readonly (readonly [string, readonly string[]])[] {
  const found = reach.get(page) ?? findModules(page)
  reach.set(page, found)
  return found
}

function findModules(page: string): (readonly [string, readonly string[]])[] {
  const scope = page.startsWith('src/') ? page.split('/')[1] : basename(page, '.md')
  const own = page.startsWith('src/') ? [join(root, page)] : []
  const values = [`${scope}.ts`, 'all.ts'].map((name) => join(names, name))
  const shared = publicModules.map((name) => join(root, 'src', `${name}.ts`))
  return [...values.filter((path) => ts.sys.fileExists(path)), ...own, ...shared].map((path) => {
    const module = path.startsWith(names)
      ? `./names/${basename(path, '.ts')}.js`
      : `millrace/internal/${relative(join(root, 'src'), path).replace(/\.ts$/, '')}`
    return [module, exportedNames(path)] as const
  })
}
