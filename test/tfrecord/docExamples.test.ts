import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as millrace from '../../src/index.ts'
import * as tfrecord from '../../src/tfrecord/index.ts'
import { specText } from '../../src/core/spec.ts'
import { show } from '../dataset/show.ts'

/* The examples of these files run, by the rules of test/dataset/docExamples.test.ts. */
const files = [
  'compileBatchParser',
  'decodeSequenceExample',
  'encodeSequenceExample',
  'exampleSchema',
  'features',
  'fixedLenFeature',
  'fixedLenSequenceFeature',
  'messageCodec',
  'parseBatch',
  'parseExample',
  'parseSequenceExample',
  'raggedFeature',
  'sparseFeature',
  'varLenFeature',
]

const examples = files.flatMap((file) => {
  const text = readFileSync(new URL(`../../src/tfrecord/${file}.ts`, import.meta.url), 'utf8')
  return [...text.matchAll(/\* @example\n((?:\s*\* [^@\n]*\n)+)/g)].map(([, block], i) => ({
    title: `${file} ${i}`,
    code: block.replace(/^\s*\* /gm, ''),
  }))
})

/** The lines with the expected values made into checks. */
function instrument(code: string): string {
  return code.replace(/^(?!\/\/)(\S.*?) \/\/ (.*)$/gm, (_line, expression: string, expected: string) => {
    return `await check(${expression}, ${JSON.stringify(expected)})`
  })
}

describe('the examples of Examples', () => {
  it.each(examples)('$title', async ({ code }) => {
    const names: Readonly<Record<string, unknown>> = {
      ...millrace,
      ...tfrecord,
      specText,
      protobufjs: await import('protobufjs'),
    }
    let checks = 0
    const check = async (value: unknown, expected: string): Promise<void> => {
      checks++
      expect(await show(value)).toBe(expected)
    }
    const body = instrument(code).replace("await import('protobufjs')", 'protobufjs')
    const module = `export default async ({ check, ${Object.keys(names).join(', ')} }) => {\n${body}\n}`
    const url = `data:text/javascript,${encodeURIComponent(module)}`
    const { default: run } = (await import(/* @vite-ignore */ url)) as { default: (names: unknown) => Promise<void> }
    await run({ ...names, check })
    expect(checks).toBeGreaterThan(0)
  })
})
