import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type as osName } from 'node:os'
import { npmVersions } from './npm/npmPeers.ts'
import { pythonVersions } from './python/python.ts'
import type { RunMachine } from './run.ts'

/** Packages of package.json that stand in tables. */
const packages = ['@tensorflow/tfjs', 'ix', 'sharp', '@julusian/jpeg-turbo', '@node-rs/crc32']

/** What this machine is, and which versions the peers have. */
export function describeMachine(): RunMachine {
  const processors = cpus()
  const installed = packages.map((name) => [name, versionOf(`node_modules/${name}/package.json`)] as const)
  return {
    date: `${new Date().toISOString().slice(0, 19)}Z`,
    cpu: processors[0].model.trim(),
    cores: processors.length,
    memoryBytes: totalmem(),
    os: `${osName()} ${release()}`,
    versions: {
      node: process.versions.node,
      V8: process.versions.v8,
      millrace: versionOf('package.json') ?? 'unknown',
      ...Object.fromEntries(installed.filter(([, version]) => version !== undefined)),
      ...npmVersions(),
      ...pythonVersions(),
    },
  }
}

/** The version that a package.json under the root of the repository states; undefined where it is not there. */
function versionOf(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as {
      version: string
    }
    return version
  } catch {
    return undefined
  }
}
