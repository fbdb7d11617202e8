import { describe, expect, it } from 'vitest'
import { END, skipElements } from '../../src/core/cursor.ts'
import { CancelledError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import * as sourceFunctions from '../../src/sources/index.ts'
import { drain, fits, open, plain, pull, stored } from './run.ts'
import { sources } from './sources.ts'

describe('every public source', () => {
  const rows = new Set(sources.map(({ source }) => source))

  it.each(Object.keys(sourceFunctions))('%s of src/sources has a row', (name) => {
    expect(rows).toContain(name)
  })

  it('is a static method of Dataset', () => {
    for (const name of rows) expect(name in Dataset, name).toBe(true)
  })

  it('has a row where it is a static method of Dataset', () => {
    const methods = Object.getOwnPropertyNames(Dataset).filter(
      (name) => !['length', 'name', 'prototype'].includes(name),
    )
    // `from` takes any source, and the others are operations.
    expect(methods.filter((name) => !rows.has(name))).toEqual([
      'from',
      'chooseFromDatasets',
      'sampleFromDatasets',
      'zip',
    ])
  })
})

describe.each(sources)('$source $title', ({ build, expected, async: waits }) => {
  it('gives exactly the expected elements, again in each iteration', async () => {
    const dataset = build()
    for (let i = 0; i < 2; i++) expect((await dataset.toArray()).map(plain)).toEqual(expected)
  })

  it('restores from a stored state at every step, twice, and again from what was restored', async () => {
    const { node } = build()
    const cursor = open(node)
    const keys = Object.keys(cursor.state())
    for (let step = 0; step <= expected.length + 1; step++) {
      const state = stored(cursor.state())
      expect(Object.keys(state)).toEqual(keys)
      const rest = expected.slice(step)
      expect(await drain(open(node, state))).toEqual(rest)
      const again = open(node, state)
      expect(stored(again.state())).toEqual(state)
      expect(await pull(again, 1)).toEqual(rest.slice(0, 1))
      expect(await drain(open(node, stored(again.state())))).toEqual(rest.slice(1))
      await again.close()
      await pull(cursor, 1)
    }
    await cursor.close()
  })

  it('skips n elements as n pulls would', async () => {
    const { node } = build()
    for (let count = 0; count <= expected.length + 2; count++) {
      const cursor = open(node)
      expect(await skipElements(cursor, count)).toBe(Math.min(count, expected.length))
      expect(await drain(open(node, stored(cursor.state())))).toEqual(expected.slice(count))
      expect(await drain(cursor)).toEqual(expected.slice(count))
    }
  })

  it('ends for ever, and closes at every step', async () => {
    const { node } = build()
    for (let step = 0; step <= expected.length + 1; step++) {
      const cursor = open(node)
      expect(await pull(cursor, step)).toEqual(expected.slice(0, step))
      if (step > expected.length) for (let i = 0; i < 3; i++) expect(await cursor.next()).toBe(END)
      await cursor.close()
    }
  })

  it('runs two iterations side by side', async () => {
    const { node } = build()
    const a = open(node)
    const b = open(node)
    for (const element of expected) expect([await pull(a, 1), await pull(b, 1)]).toEqual([[element], [element]])
    await a.close()
    await b.close()
  })

  it('is aborted between pulls', async () => {
    const controller = new AbortController()
    const iterator = build().iterator({ signal: controller.signal })
    await iterator.next()
    controller.abort()
    // One that ended before the abort has nothing to cancel.
    await (expected.length === 0 ? iterator.next() : expect(iterator.next()).rejects.toThrow(CancelledError))
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('is synchronous unless it must wait', async () => {
    const iterator = build().iterator()
    const element = iterator.pull()
    expect(element instanceof Promise).toBe(waits === true)
    await element
    await iterator.return()
  })

  it('has the cardinality and the spec that it says, or says none', async () => {
    const dataset = build()
    expect([expected.length, undefined]).toContain(dataset.cardinality())
    for (const element of await dataset.toArray()) {
      if (dataset.elementSpec !== undefined) expect(fits(element, dataset.elementSpec)).toBe(true)
    }
  })
})
