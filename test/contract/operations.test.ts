import { describe, expect, it, vi } from 'vitest'
import { END, skipElements } from '../../src/core/cursor.ts'
import { CancelledError, OutOfRangeError, type MillraceError } from '../../src/core/errors.ts'
import { isRandomAccess } from '../../src/core/randomAccess.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { commonSpec, type Spec } from '../../src/core/spec.ts'
import { specOf } from '../../src/ndarray/element.ts'
import * as ops from '../../src/ops/index.ts'
import { operations, type OperationRow } from './operations.ts'
import { modes, probe, ProbeFailure, type ProbeLog, type ProbeOptions } from './probe.ts'
import { drain, fits, open, outcome, outcomes, plain, pull, stored } from './run.ts'

/** The operation of a row on probes: `first` says what the first one does beside giving its elements. */
function build(row: OperationRow, every: ProbeOptions = {}, first: ProbeOptions = {}) {
  const probes = row.inputs.map((elements, i) => probe(elements, { ...every, ...(i === 0 ? first : {}) }))
  const logs = probes.map(({ log }) => log)
  return { dataset: row.build(...probes.map(({ dataset }) => dataset)), logs }
}

function expectAllClosed(logs: readonly ProbeLog[]): void {
  for (const { opened, closed, breaches } of logs) {
    expect(closed).toBe(opened)
    expect(breaches).toEqual([])
  }
}

const specOfAll = (elements: readonly unknown[]) =>
  elements.length === 0
    ? undefined
    : elements.map((element): Spec | undefined => specOf(element)).reduce((a, b) => commonSpec(a, b))
const length = (row: OperationRow) => row.expected.length
const failing = (row: OperationRow) => {
  const reads = row.reads ?? row.inputs[0].length
  return reads === 0 ? [] : [...new Set([0, Math.floor(reads / 2), reads - 1])]
}

describe('every public operation', () => {
  const rows = new Set(operations.map(({ operation }) => operation))

  it.each(Object.keys(ops))('%s of src/ops has a row', (name) => {
    expect(rows).toContain(name)
  })

  it('has a method of Dataset by its name', () => {
    for (const name of rows) expect(name in Dataset.prototype || name in Dataset, name).toBe(true)
  })

  it('has a row where it is a method of Dataset that gives a dataset', () => {
    const others = [
      'constructor',
      'elementSpec',
      'optimized',
      'explain',
      'cardinality',
      'pipe',
      'apply',
      'iterator',
      'get',
      'reader',
      'makeOneShotIterator',
      'profile',
      'save',
      'toArray',
      'first',
      'forEach',
      'reduce',
    ]
    const methods = Object.getOwnPropertyNames(Dataset.prototype).filter((name) => !others.includes(name))
    expect(methods.filter((name) => !rows.has(name))).toEqual([])
  })
})

describe.each(operations)('$operation $title', (row) => {
  describe.each(modes)('over a %s input', (mode) => {
    it('gives exactly the expected elements, and closes each cursor once', async () => {
      const { dataset, logs } = build(row, { mode })
      expect((await dataset.toArray()).map(plain)).toEqual(row.expected)
      expectAllClosed(logs)
    })

    it('gives the same from cursors that cannot skip', async () => {
      const { dataset } = build(row, { mode, skips: false })
      expect((await dataset.toArray()).map(plain)).toEqual(row.expected)
    })

    it('restores from a stored state at every step, twice, and again from what was restored', async () => {
      const { dataset, logs } = build(row, { mode })
      const cursor = open(dataset.node)
      const keys = Object.keys(cursor.state())
      for (let step = 0; step <= length(row) + 1; step++) {
        const state = stored(cursor.state())
        expect(Object.keys(state)).toEqual(keys)
        const rest = row.expected.slice(step)
        expect(await drain(open(dataset.node, state))).toEqual(rest)
        const again = open(dataset.node, state)
        expect(await drain(open(dataset.node, stored(again.state())))).toEqual(rest)
        expect(await pull(again, 2)).toEqual(rest.slice(0, 2))
        expect(await drain(open(dataset.node, stored(again.state())))).toEqual(rest.slice(2))
        await again.close()
        await pull(cursor, 1)
      }
      await cursor.close()
      expectAllClosed(logs)
    })

    it('skips n elements as n pulls would', async () => {
      const { dataset, logs } = build(row, { mode })
      for (let before = 0; before <= 1; before++) {
        for (let count = 0; count <= length(row) + 2; count++) {
          const cursor = open(dataset.node)
          await pull(cursor, before)
          const left = row.expected.slice(before)
          expect(await skipElements(cursor, count)).toBe(Math.min(count, left.length))
          expect(await drain(open(dataset.node, stored(cursor.state())))).toEqual(left.slice(count))
          expect(await drain(cursor)).toEqual(left.slice(count))
        }
      }
      expectAllClosed(logs)
    })

    it('gives by index what it gives in order, where it can be read by index', async () => {
      const { dataset, logs } = build(row, { mode })
      if (!isRandomAccess(dataset.node)) return
      const reader = await dataset.reader()
      expect(reader.length).toBe(length(row))
      for (const index of row.expected.keys()) expect(plain(await reader.get(index))).toEqual(row.expected[index])
      expect((await Promise.all(row.expected.map((_, index) => reader.get(index)))).map(plain)).toEqual(row.expected)
      await expect(reader.get(length(row))).rejects.toThrow(OutOfRangeError)
      await reader.close()
      expectAllClosed(logs)
    })

    it('ends for ever', async () => {
      const cursor = open(build(row, { mode }).dataset.node)
      await pull(cursor, 1000)
      for (let i = 0; i < 3; i++) expect(await cursor.next()).toBe(END)
      await cursor.close()
    })

    it('goes on after a failing element', async () => {
      for (const position of failing(row)) {
        const { dataset, logs } = build(row, { mode, skips: false }, { failAt: [position] })
        const cursor = open(dataset.node)
        const elements: unknown[] = []
        const errors: unknown[] = []
        for (let pulls = 0; pulls < 50; pulls++) {
          try {
            const element = await cursor.next()
            if (element === END) break
            elements.push(plain(element))
          } catch (error) {
            errors.push(error)
          }
        }
        expect(await cursor.next()).toBe(END)
        await cursor.close()
        expect(errors.length > 0).toBe(row.recovers !== true)
        for (const error of errors) expect(error).toBeInstanceOf(ProbeFailure)
        if (row.elementwise === true) {
          expect(errors).toHaveLength(1)
          expect(elements).toHaveLength(length(row) - 1)
        }
        expectAllClosed(logs)
      }
    })

    it('goes on after a failing element, also from a saved state', async () => {
      for (const position of failing(row)) {
        const { dataset, logs } = build(row, { mode, skips: false }, { failAt: [position] })
        const inOrder = (all: readonly unknown[]) =>
          row.unordered === true ? all.map((one) => JSON.stringify(one)).sort() : all
        const expected = await outcomes(open(dataset.node))
        const cursor = open(dataset.node)
        const done: unknown[] = []
        for (let step = 0; step <= expected.length; step++) {
          const state = stored(cursor.state())
          const rest = await outcomes(open(dataset.node, state))
          const again = open(dataset.node, state)
          const next = step < expected.length ? [await outcome(again)] : []
          const further = await outcomes(open(dataset.node, stored(again.state())))
          expect(inOrder([...done, ...rest])).toEqual(inOrder(expected))
          expect(inOrder([...done, ...next, ...further])).toEqual(inOrder(expected))
          await again.close()
          if (step < expected.length) done.push(await outcome(cursor))
        }
        await cursor.close()
        expectAllClosed(logs)
      }
    })

    it('fails once at a failing element, unless it leaves it out, and closes each cursor once', async () => {
      for (const position of row.recovers === true ? [] : failing(row)) {
        const { dataset, logs } = build(row, { mode, skips: false }, { failAt: [position] })
        const iterator = dataset.iterator()
        await expect(async () => {
          for (let pulls = 0; pulls < 50; pulls++) if ((await iterator.next()).done === true) return
        }).rejects.toThrow(`probe failed at ${position}`)
        expect(await iterator.next()).toEqual({ done: true, value: undefined })
        expectAllClosed(logs)
      }
    })

    it('closes on break, on return and after first()', async () => {
      const { dataset, logs } = build(row, { mode })
      for await (const element of dataset) {
        expect(plain(element)).toEqual(row.expected[0])
        break
      }
      expect(plain(await dataset.first({ epoch: 0 }))).toEqual(row.expected[0])
      for (let step = 0; step <= length(row) + 1; step++) {
        const iterator = dataset.iterator()
        for (let i = 0; i < step; i++) await iterator.next()
        expect(await iterator.return()).toEqual({ done: true, value: undefined })
        expect(await iterator.next()).toEqual({ done: true, value: undefined })
        expectAllClosed(logs)
      }
    })

    it('is aborted between pulls', async () => {
      for (let step = 0; step <= length(row); step++) {
        const { dataset, logs } = build(row, { mode })
        const controller = new AbortController()
        const iterator = dataset.iterator({ signal: controller.signal })
        for (let i = 0; i < step; i++) await iterator.next()
        controller.abort(new Error('enough'))
        await expect(iterator.next()).rejects.toThrow(CancelledError)
        expect(await iterator.next()).toEqual({ done: true, value: undefined })
        expectAllClosed(logs)
      }
    })
  })

  it('reads nothing before the first pull', async () => {
    const { dataset, logs } = build(row)
    const iterator = dataset.iterator()
    expect(logs.every(({ opened }) => opened === 0)).toBe(true)
    iterator.save()
    await new Promise(setImmediate)
    expect(logs.every(({ reads }) => reads === 0)).toBe(true)
    await iterator.return()
    expectAllClosed(logs)
  })

  it('opens nothing under a signal that is aborted already', async () => {
    const { dataset, logs } = build(row)
    const error: unknown = await dataset
      .toArray({ signal: AbortSignal.abort('stop') })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CancelledError)
    expect((error as MillraceError).cause).toBe('stop')
    expect(logs.every(({ opened }) => opened === 0)).toBe(true)
  })

  it.each(failing(row))('is aborted, or returned from, while the input hangs at %i', async (position) => {
    for (const end of ['abort', 'return']) {
      const { dataset, logs } = build(row, { mode: 'async', skips: false }, { hangAt: position })
      const controller = new AbortController()
      const iterator = dataset.iterator({ signal: controller.signal })
      const outcome = (async () => {
        while ((await iterator.next()).done !== true);
        return 'ended'
      })().catch((error: unknown) => error)
      while (!logs[0].hung) await new Promise(setImmediate)
      if (end === 'abort') controller.abort()
      else await iterator.return()
      expect(await outcome).toEqual(end === 'abort' ? expect.any(CancelledError) : 'ended')
      expect(logs.every(({ opened, closed }) => opened === closed)).toBe(true)
    }
  })

  it('runs two iterations side by side', async () => {
    const { dataset, logs } = build(row)
    const a = open(dataset.node)
    const b = open(dataset.node)
    const pairs: unknown[] = []
    for (let i = 0; i <= length(row); i++) pairs.push([await pull(a, 1), await pull(b, 1)])
    await a.close()
    await b.close()
    expect(pairs).toEqual([...row.expected.map((element) => [[element], [element]]), [[], []]])
    expectAllClosed(logs)
  })

  it('keeps its order for a seed and an epoch', async () => {
    const { dataset } = build(row)
    expect(await drain(open(dataset.node, undefined, 2, 9))).toEqual(await drain(open(dataset.node, undefined, 2, 9)))
  })

  it('stays synchronous over a sync input', async () => {
    const iterator = build(row).dataset.iterator()
    // On a busy machine a turn of the event loop may be due: here no time goes by.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    await new Promise(setImmediate)
    const element = iterator.pull()
    clock.mockRestore()
    expect(element instanceof Promise).toBe(row.async === true)
    await element
    await iterator.return()
  })

  it('has the cardinality that it says, or says none', () => {
    for (const cardinality of [{}, { cardinality: undefined }]) {
      expect([length(row), undefined]).toContain(build(row, cardinality).dataset.cardinality())
    }
  })

  it('has the spec that it says, or says none', async () => {
    const probes = row.inputs.map((elements) => probe(elements, { spec: specOfAll(elements) }))
    const dataset = row.build(...probes.map((input) => input.dataset))
    for (const element of await dataset.toArray()) {
      if (dataset.elementSpec !== undefined) expect(fits(element, dataset.elementSpec)).toBe(true)
    }
  })
})
