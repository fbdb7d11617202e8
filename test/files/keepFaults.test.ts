import { mkdirSync, readdirSync } from 'node:fs'
import { mkdir, open, rename, rm, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KeptPassCursor } from '../../src/core/keptPass.ts'
import type { Stage } from '../../src/core/stage.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { save } from '../../src/dataset/save.ts'
import { nodeDirectorySystem, type DirectorySystem } from '../../src/files/atomicDirectory.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import { DirectoryPasses } from '../../src/records/directoryPasses.ts'
import { freshFolder } from '../contract/freshFolder.ts'

/*
 * Every call to the file system fails once, for a save and for a cache: what is there under the final names must be
 * whole or absent, no temporary file may stay, and no descriptor.
 */

type Call = 'open' | 'write' | 'close' | 'rename' | 'mkdir'

/** What each call fails with, and what that becomes. */
const failures: readonly (readonly [Call, code: string, error: string])[] = [
  ['open', 'EMFILE', 'ResourceExhaustedError'],
  ['write', 'ENOSPC', 'ResourceExhaustedError'],
  ['close', 'EIO', 'UnknownError'],
  ['rename', 'EACCES', 'PermissionDeniedError'],
  ['mkdir', 'EROFS', 'PermissionDeniedError'],
]

/** The real file system, but that call number `count` of one kind fails; says whether it came to that. */
function failing(kind: Call, code: string, count: number): { system: DirectorySystem; failed: () => boolean } {
  let calls = 0
  const once = async <T>(call: Call, work: () => Promise<T>): Promise<T> => {
    if (call === kind && calls++ === count) throw Object.assign(new Error(`${code}: injected`), { code })
    return work()
  }
  const system: DirectorySystem = {
    ...nodeDirectorySystem,
    open: (path, flags) =>
      once('open', async () => {
        const handle = await open(path, flags)
        return {
          write: (bytes, start, length) => once('write', () => handle.write(bytes, start, length)),
          sync: () => handle.sync(),
          close: async () => {
            await handle.close()
            await once('close', () => Promise.resolve())
          },
        }
      }),
    rename: (from, to) => once('rename', () => rename(from, to)),
    mkdir: (path) => once('mkdir', () => mkdir(path)),
    unlink,
    rm,
  }
  return { system, failed: () => calls > count }
}

const descriptors = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)

/** More than a buffer holds, so that there are writes in the middle. */
const big = () => Dataset.range(12).map((x) => ndarray(new Float64Array(20_000).fill(x), [20_000]))
const firsts = (elements: readonly NdArray[]) => elements.map(({ data }) => data[0])
const expected = Array.from({ length: 12 }, (_, i) => i)

/** Makes each call of a kind fail in turn, until there are no more of them. */
async function each(
  kind: Call,
  code: string,
  work: (system: DirectorySystem, failed: () => boolean) => Promise<void>,
): Promise<number> {
  for (let count = 0; ; count++) {
    const { system, failed } = failing(kind, code, count)
    const before = descriptors()
    await work(system, failed)
    expect(descriptors()).toBe(before)
    if (!failed()) return count
  }
}

describe('a save whose disk fails', () => {
  it.each(failures)('at any %s (%s) leaves nothing', async (kind, code, name) => {
    const parent = freshFolder()
    mkdirSync(parent)
    const count = await each(kind, code, async (system, failed) => {
      const folder = join(parent, 'saved')
      const outcome: unknown = await save(big(), folder, { shards: 2 }, system).catch((error: unknown) => error)
      if (failed()) {
        expect(outcome).toMatchObject({ name })
        expect((outcome as Error).message).toContain(`${code}: injected`)
        expect(readdirSync(parent)).toEqual([])
      } else {
        expect(firsts(await Dataset.load<NdArray>(folder).toArray())).toEqual(expected)
      }
    })
    expect(count).toBeGreaterThan(1)
  })
})

describe('a cache whose disk fails', () => {
  const cachedBy = (folder: string, system?: DirectorySystem): Dataset<NdArray> => {
    const options = { key: '', compression: undefined, shards: 2 }
    const passes = new DirectoryPasses<NdArray>(folder, options, system)
    const stage: Stage<NdArray, NdArray> = {
      name: 'cache',
      args: {},
      cardinality: ([length]) => length,
      spec: ([spec]) => spec,
      open: ([upstream], context, state) =>
        new KeptPassCursor(upstream, passes.store(upstream.node, 0), context, state),
    }
    return big().pipe(stage)
  }

  it.each(failures)('at any %s (%s) is not published, and is made by the next pass', async (kind, code, name) => {
    const count = await each(kind, code, async (system, failed) => {
      const parent = freshFolder()
      mkdirSync(parent)
      const outcome: unknown = await cachedBy(parent, system)
        .toArray()
        .catch((error: unknown) => error)
      if (failed()) {
        expect(outcome).toMatchObject({ name })
        expect((outcome as Error).message).toContain(`${code}: injected`)
        expect(readdirSync(parent)).toEqual([])
        expect(firsts(await cachedBy(parent).toArray())).toEqual(expected)
      }
      expect(readdirSync(parent)).toHaveLength(1)
      expect(firsts(await cachedBy(parent).toArray())).toEqual(expected)
    })
    expect(count).toBeGreaterThan(1)
  })

  it('is left at any element without a trace', async () => {
    const parent = freshFolder()
    const before = descriptors()
    for (let taken = 0; taken < 12; taken++) {
      for (const how of ['return', 'abort']) {
        const controller = new AbortController()
        const iterator = cachedBy(parent).iterator({ signal: controller.signal })
        for (let i = 0; i < taken; i++) await iterator.next()
        const pending = iterator.next().catch(() => undefined)
        if (how === 'abort') controller.abort()
        await iterator.return()
        await pending
      }
    }
    // The last of them may have made a whole pass.
    expect(readdirSync(parent).filter((name) => name.startsWith('.'))).toEqual([])
    expect(descriptors()).toBe(before)
  })
})
