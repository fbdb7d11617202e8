import * as tf from '@tensorflow/tfjs'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as ops from '../../src/ops/index.ts'
import * as sources from '../../src/sources/index.ts'
import { pages } from './pages.ts'

const listOf = (name: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8')) as string[]
const text = (name: string) => readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8')

describe('the tables of operations', () => {
  it.each([...Object.keys(ops), ...Object.keys(sources)])('have %s', (name) => {
    expect(text('operations.md')).toContain(name)
  })
})

describe('the table of states', () => {
  // What has no state of its own, and what is made of others.
  const without = ['withOptions']
  it.each([...Object.keys(ops), ...Object.keys(sources)].filter((name) => !without.includes(name)))(
    'has %s',
    (name) => {
      const firsts = [...text('state-format.md').matchAll(/^\| (.*?) \|/gm)].map(([, cell]) => cell)
      expect(firsts.join(', ').split(/, | with | of /)).toContain(name)
    },
  )
})

describe.each(pages)('the tables of %s', (page) => {
  const source = readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8')
  const prose = source.replaceAll(/^```[^]*?^```/gm, '')
  const tables = prose.split(/\n(?!\|)/).flatMap((block) => /(?:^|\n)(\|[^]*)/.exec(block)?.[1] ?? [])

  it('are whole, with a head each, so that no row is shown as text', () => {
    for (const table of tables) expect(table.split('\n')[1] ?? table).toMatch(/^\|(?: *:?-+:? *\|)+$/)
  })
})

/** The symbols in the tables of a page: names in the first column, below the heading that names their module or class. */
function symbolsOf(page: string): string[] {
  return page.split(/^## /m).flatMap((section) => {
    const owner = /^(tf\.[\w.]+)\n/.exec(section)?.[1]
    if (owner === undefined) return []
    const firsts = [...section.matchAll(/^\| (.*?) \|/gm)].map(([, cell]) => cell)
    return firsts.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => `${owner}.${name}`))
  })
}

describe('the tables of tf.data', () => {
  it('have every public symbol of TensorFlow 2.21, once, and no other', () => {
    const listed = listOf('tfDataSymbols.json')
    expect(symbolsOf(text('coming-from-tf-data.md')).toSorted()).toEqual(listed.toSorted())
  })
})

describe('the tables of other loaders', () => {
  it.each(listOf('torchSymbols.json'))('have %s of torch', (name) => {
    expect(text('coming-from-torch.md')).toContain(`\`${name}`)
  })

  const methods = Object.getOwnPropertyNames(tf.data.Dataset.prototype).filter(
    (name) => !/^constructor$|Test$/.test(name),
  )
  const makers = Object.keys(tf.data).filter(
    (name) => !['Dataset', 'default'].includes(name) && !name.startsWith('version'),
  )

  it.each([...methods, ...makers])('have %s of tfjs-data', (name) => {
    expect(text('coming-from-tfjs-data.md')).toMatch(new RegExp(`\`(?:tf\\.data\\.)?${name}\\b`))
  })
})
