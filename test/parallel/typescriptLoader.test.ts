import { describe, expect, it } from 'vitest'
import { loaderModule, typescriptLoader } from '../../src/parallel/typescriptLoader.ts'
import { threadFlags } from '../../src/parallel/workerFile.ts'

const here = new URL('./user.ts', import.meta.url).href
const lonely = 'file:///nowhere/user.ts'

describe('typescriptLoader', () => {
  it.each(['file:///a/b.js', 'file:///a/b.mjs', 'file:///a.ts/b.js', 'data:text/javascript,0'])(
    'is not needed for %s',
    (url) => {
      expect(typescriptLoader(url)).toBeUndefined()
    },
  )

  it.each([here, `${here}?x=1`, here.replace('.ts', '.mts'), here.replace('.ts', '.tsx')])('is tsx for %s', (url) => {
    const loader = typescriptLoader(url, [], {}) as string
    expect(loader).toMatch(/^file:.*\/tsx\//)
    expect(decodeURIComponent(loaderModule(loader))).toBe(
      `data:text/javascript,import { register } from "${loader}"; register()`,
    )
  })

  it('is found for another module where this one has none', () => {
    expect(typescriptLoader(lonely, [import.meta.url], {})).toMatch(/\/tsx\//)
  })

  it('is found where the process was started with it', () => {
    const flags = ['--import', import.meta.resolve('tsx')]
    expect(typescriptLoader(lonely, [], {}, flags)).toMatch(/\/tsx\/dist\/esm\/api\//)
  })

  it('is not needed where there is no tsx and Node reads TypeScript, but where that is switched off', () => {
    expect(typescriptLoader(lonely, [], { typescript: 'strip' })).toBeUndefined()
    for (const features of [{}, { typescript: false }]) {
      expect(() => typescriptLoader(lonely, [], features, [])).toThrow(
        expect.objectContaining({
          name: 'FailedPreconditionError',
          message:
            `${lonely} is TypeScript, which Node ${process.version} cannot run. ` +
            'Name the compiled .js file, or install tsx, or use Node 22.18 or newer.',
        }),
      )
    }
  })
})

describe('threadFlags', () => {
  it('gives a thread the flags of the process, but those for a program given as text', () => {
    expect(threadFlags(['--enable-source-maps'])).toBeUndefined()
    expect(threadFlags(['--input-type=module', '-e', '1'])).toEqual([])
  })

  it('adds the loader to them', () => {
    expect(threadFlags(['--enable-source-maps'], 'file:///l')).toEqual([
      '--enable-source-maps',
      '--import',
      loaderModule('file:///l'),
    ])
  })
})
