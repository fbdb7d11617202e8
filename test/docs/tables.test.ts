import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as ops from '../../src/ops/index.ts'
import * as sources from '../../src/sources/index.ts'

const text = (name: string) => readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8')

describe('the tables of operations', () => {
  it.each([...Object.keys(ops), ...Object.keys(sources)])('have %s', (name) => {
    expect(text('operations.md')).toContain(name)
  })
})
