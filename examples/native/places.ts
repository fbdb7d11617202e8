import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What is built, in the one combination that is known to work. */
export const versions = { tfjs: '4.22.0', tensorflow: '2.21.0', headers: '1.9.0' } as const

/** Where everything lies: all of it in the `node_modules` of the repository, which git ignores. */
export interface Places {
  readonly modules: string
  /** The finished package. */
  readonly tfjsNode: string
  /** Its addon. */
  readonly addon: string
  /** Downloads and work in progress; a name that ends in `.partial` is not finished. */
  readonly cache: string
  /** The C library of TensorFlow: two shared libraries and `include/`. */
  readonly library: string
}

/** The places in the repository that this file belongs to. */
export function findPlaces(): Places {
  const modules = join(repository(), 'node_modules')
  const tfjsNode = join(modules, '@tensorflow', 'tfjs-node')
  const cache = join(modules, '.cache', 'millrace-native')
  return {
    modules,
    tfjsNode,
    addon: addonOf(tfjsNode),
    cache,
    library: join(cache, `tensorflow-${versions.tensorflow}`),
  }
}

/** Where tfjs-node looks for its addon. */
export function addonOf(folder: string): string {
  return join(folder, 'lib', 'napi-v8', 'tfjs_binding.node')
}

function repository(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!isRepository(folder)) folder = dirname(folder)
  return folder
}

function isRepository(folder: string): boolean {
  if (folder === dirname(folder)) return true
  const file = join(folder, 'package.json')
  return existsSync(file) && readFileSync(file, 'utf8').includes('"name": "millrace"')
}
