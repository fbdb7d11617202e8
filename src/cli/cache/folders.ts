import { keptFolders, specText, specToJson, type KeptFolder } from '../../index.ts'

/** The folders of elements in several directories, each once. */
export async function foldersIn(directories: readonly string[]): Promise<KeptFolder[]> {
  const found = new Map<string, KeptFolder>()
  for (const directory of directories) {
    for (const folder of await keptFolders(directory)) found.set(folder.path, folder)
  }
  return [...found.values()]
}

/** How old a folder is, in milliseconds. */
export function ageOf({ writtenMs }: KeptFolder): number {
  return Math.max(0, performance.timeOrigin + performance.now() - writtenMs)
}

/** Whether a folder is whole, in a word or two. */
export function stateOf({ kind, process, problem }: KeptFolder): string {
  if (kind === 'unfinished') return process === undefined ? 'left over' : `in use by process ${process}`
  return problem === undefined ? 'whole' : 'damaged'
}

/** A folder as JSON, for programs. */
export function folderJson(folder: KeptFolder): Record<string, unknown> {
  const { spec, compression, elements, problem, writtenMs, ...rest } = folder
  return {
    ...rest,
    state: stateOf(folder),
    elements: elements ?? null,
    spec: spec === undefined ? null : specToJson(spec),
    compression: compression ?? null,
    written: new Date(writtenMs).toISOString(),
    ageSeconds: Math.round(ageOf(folder) / 1000),
    problem: problem ?? null,
  }
}

/** What a folder holds, as far as is known. */
export function elementsText({ elements, spec }: KeptFolder): string {
  const count = elements === undefined ? 'an unknown number of elements' : counted(elements, 'element')
  return spec === undefined ? count : `${count} of ${specText(spec)}`
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

/** Bytes, in the unit in which they are at least one. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

/** A time, in the largest unit of which there is one. */
export function ageText(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const
  const [unit, length] = units.find(([, least]) => ms >= least) ?? ['second', 1000]
  return counted(Math.floor(ms / length), unit)
}
