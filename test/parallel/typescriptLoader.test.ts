import { describe, expect, it } from 'vitest'
import { threadOptions } from '../../src/parallel/startThread.ts'
import { threadEntry } from '../../src/parallel/typescriptLoader.ts'

const entry = new URL('file:///lib/workerEntry.js')
const here = new URL('./user.ts', import.meta.url).href

describe('threadEntry', () => {
  it.each(['file:///a/b.js', 'file:///a/b.mjs', 'file:///a.ts/b.js', 'data:text/javascript,0'])(
    'is the entry for %s',
    (url) => {
      expect(threadEntry(entry, url)).toBe(entry)
    },
  )

  it.each([here, `${here}?x=1`, here.replace('.ts', '.mts'), here.replace('.ts', '.tsx')])(
    'sets up tsx for %s',
    (url) => {
      const { protocol, href } = threadEntry(entry, url, {})
      expect(protocol).toBe('data:')
      expect(decodeURIComponent(href)).toMatch(/^data:text\/javascript,import { register } from "file:.*\/tsx\//)
      expect(decodeURIComponent(href)).toContain(`await import("${entry.href}")`)
    },
  )

  it('finds the loader of the entry where the module has none', () => {
    expect(threadEntry(new URL('./entry.ts', import.meta.url), 'data:text/javascript,0').protocol).toBe('data:')
  })

  it('is the entry where there is no tsx and Node reads TypeScript, but not where that is switched off', () => {
    const lonely = 'file:///nowhere/user.ts'
    expect(threadEntry(entry, lonely, { typescript: 'strip' })).toBe(entry)
    for (const features of [{}, { typescript: false }]) {
      expect(() => threadEntry(entry, lonely, features)).toThrow(
        expect.objectContaining({
          name: 'FailedPreconditionError',
          message:
            `workerFn: ${lonely} is TypeScript, which Node ${process.version} cannot run. ` +
            'Name the compiled .js file, or install tsx, or use Node 22.18 or newer.',
        }),
      )
    }
  })
})

describe('threadOptions', () => {
  it('gives a thread the flags of the process, but those for a program given as text', () => {
    expect(threadOptions(['--enable-source-maps'])).toEqual({})
    expect(threadOptions(['--input-type=module', '-e', '1'])).toEqual({ execArgv: [] })
  })
})
