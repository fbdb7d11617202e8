import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { checkAddon } from './checkAddon.ts'
import { compileAddon } from './compileAddon.ts'
import { fetchLibrary } from './fetchLibrary.ts'
import { fetchPackage } from './fetchPackage.ts'
import { sweep } from './partial.ts'
import { findPlaces, versions } from './places.ts'
import { NativeError } from './run.ts'

/*
 * `npm run native`: builds tfjs-node here, for machines that do not reach the host its install script downloads from.
 *
 * Its sources and the packages it needs come from npm, TensorFlow's C library from the Python package tensorflow-cpu.
 * The package is put together in a folder whose name ends in `.partial`, tried out, and only then renamed into place.
 * Exit codes: 0 tfjs-node works, 1 it could not be built, 2 this machine cannot have it.
 */
async function main(): Promise<number> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    process.stderr.write(
      `native: only Linux on x64 or arm64 is supported, this is ${process.platform} on ${process.arch}. ` +
        `Try: npm install --no-save @tensorflow/tfjs-node@${versions.tfjs}, or train with --backend wasm.\n`,
    )
    return 2
  }
  const places = findPlaces()
  if (existsSync(places.addon) && (await works(places.tfjsNode))) {
    process.stderr.write('native: tfjs-node is built already.\n')
    return 0
  }
  await mkdir(places.cache, { recursive: true })
  await sweep(places.cache)
  const [fetched] = await Promise.all([fetchPackage(places), fetchLibrary(places)])
  await compileAddon(places, fetched)
  await checkAddon(fetched.folder)
  await rm(places.tfjsNode, { recursive: true, force: true })
  await mkdir(dirname(places.tfjsNode), { recursive: true })
  await rename(fetched.folder, places.tfjsNode)
  await sweep(places.cache)
  process.stderr.write('native: tfjs-node works; --backend node and --backend auto use it.\n')
  return 0
}

async function works(folder: string): Promise<boolean> {
  try {
    await checkAddon(folder)
    return true
  } catch (error) {
    if (!(error instanceof NativeError)) throw error
    process.stderr.write(`native: ${error.message}\nnative: building it anew.\n`)
    return false
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`native: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
