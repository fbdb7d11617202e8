import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { codeBlocks } from './codeBlocks.ts'
import { commentPrograms } from './commentPrograms.ts'
import { instrument } from './instrument.ts'
import { importsFor } from './namesInReach.ts'
import { pagePrograms } from './pagePrograms.ts'
import { pages } from './pages.ts'
import { mainOf } from './program.ts'

const read = (page: string): string => readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8')

describe('the blocks of the documentation', () => {
  // ts is compiled and run, sh is run, json is parsed, and a block without a language is a drawing or what is printed.
  it.each(pages)('%s has only blocks of languages that are tried', (page) => {
    for (const { language, lines } of codeBlocks(read(page))) {
      // Those of the command line are run by test/cli/docs.test.ts.
      expect([
        'ts',
        'sh',
        'json',
        '',
        ...(page === 'docs/cli.md' ? ['console', 'console varies', 'js', 'csv'] : []),
      ]).toContain(language)
      if (language === 'json') JSON.parse(lines.map(({ text }) => text).join('\n'))
    }
  })
})

describe('codeBlocks', () => {
  it('gives language, heading, lead and lines', () => {
    const [block] = codeBlocks('# A\n\nIt prints\n\n```\n1\n```\n')
    expect(block).toEqual({ language: '', heading: 'A', lead: 'It prints', lines: [{ text: '1', number: 6 }] })
  })

  it('refuses a block without an end', () => {
    expect(() => codeBlocks('## A\n```ts\n1')).toThrow('the block under "A" has no end')
  })
})

describe('pagePrograms', () => {
  it('makes one program of the blocks under a heading, and modules of names in comments', () => {
    const page =
      '## A\n```ts\n// a.ts\nexport const a = 1\n```\n```ts\nimport { a } from "./a.js"\n```\nprints\n```\n2\n```\n'
    const [program] = pagePrograms('p.md', page)
    expect([...program.modules.keys()]).toEqual(['a.ts', 'program.ts'])
    expect(mainOf(program)).toBe('program.ts')
    expect(program.output).toBe('2')
  })

  it('leaves out an import that was there before', () => {
    const [program] = pagePrograms('p.md', "```ts\nimport a from 'a'\n```\n```ts\nimport a from 'a'\na()\n```\n")
    expect(program.modules.get('program.ts')?.map(({ text }) => text)).toEqual(["import a from 'a'", 'a()'])
  })
})

describe('commentPrograms', () => {
  it('takes an example up to the next tag or the end', () => {
    const source = '/**\n * @example\n * a()\n * // b.ts\n * b()\n * @throws c\n */\n/** d */\n'
    const [program] = commentPrograms('src/a.ts', source)
    expect([...program.modules.values()].flat().map(({ text }) => text)).toEqual(['a()', '// b.ts', 'b()'])
  })
})

describe('instrument', () => {
  it.each([
    ['a() // 1', ';await check(0, a(), "1") // 1'],
    ['a() // throws E: x', ';await throws(0, async () => a(), "E: x") // throws E: x'],
    ['for (const a of b) console.log(a) // 1', 'for (const a of b) prints(0, "1")(a) // 1'],
    ['const a = 1 // one', 'const a = 1 // one'],
    ['f(() => { b() // c\n})', 'f(() => { b() // c\n})'],
    ['// a\nb()', '// a\nb()'],
  ])('%s', (code, expected) => {
    expect(instrument(code).code).toBe(expected)
  })
})

describe('importsFor', () => {
  const modules: [string, string[]][] = [['millrace', ['Dataset', 'type Shard', 'first']]]

  it.each([
    ['Dataset.range(1)', "import { Dataset } from 'millrace'"],
    ['let s: Shard', "import { type Shard } from 'millrace'"],
    ['const Dataset = 1; Dataset', ''],
    ["import { Dataset } from 'other'; Dataset", ''],
    ['a.first; const b = { first: 1 }', ''],
  ])('%s', (code, expected) => {
    expect(importsFor(code, modules)).toBe(expected)
  })
})
