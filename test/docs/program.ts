/** A line of a program: its text, and the line of the page that it comes from (1 for the first). */
export interface Line {
  readonly text: string
  readonly number: number
}

/** One program made of examples. */
export interface Program {
  /** The page, from the root of the project: `docs/guide.md`, `src/ops/map.ts`. */
  readonly page: string
  readonly title: string
  /** Its modules, by the names of their files. */
  readonly modules: ReadonlyMap<string, readonly Line[]>
  /** What the page says that it prints, or undefined. */
  readonly output: string | undefined
}

/** The module of lines that are in no named file. */
const unnamed = 'program.ts'

/** The module that runs: what is in no named file, else the last of those. */
export function mainOf({ modules }: Program): string {
  return modules.has(unnamed) ? unnamed : [...modules.keys()][modules.size - 1]
}

/**
 * The lines of blocks by module: a line `// name.ts` begins a module of that name, up to the end of the block. An import
 * that was there before is left out.
 */
export function modulesOf(blocks: readonly (readonly Line[])[]): ReadonlyMap<string, readonly Line[]> {
  const modules = new Map<string, Line[]>()
  for (const lines of blocks) {
    let name = unnamed
    for (const line of lines) {
      name = /^\/\/ ([\w-]+\.ts)$/.exec(line.text)?.[1] ?? name
      const module = modules.get(name) ?? []
      const again = /^import .* from /.test(line.text) && module.some(({ text }) => text === line.text)
      if (!again) module.push(line)
      modules.set(name, module)
    }
  }
  return modules
}
