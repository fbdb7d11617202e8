import { describe, expect, it } from 'vitest'
import { CancelledError, DataLossError, InvalidArgumentError, UnknownError } from '../../src/core/errors.ts'
import { SkippedReport } from '../../src/core/skippedReport.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { plain } from '../contract/run.ts'

const bad = (...values: number[]) =>
  function check(x: number): number {
    if (values.includes(x)) throw new RangeError(`${x} is bad`)
    return x
  }
const some = (length: number, ...values: number[]) => Dataset.range(length).map(bad(...values))
const float32 = (...values: number[]) => ({ dtype: 'float32', shape: [values.length], values })

/** TensorFlow's answers to the same pipelines (2.21, with `batch` not fused with `map`). */
const rows: readonly (readonly [string, Dataset<unknown>, readonly unknown[]])[] = [
  ['nothing', some(0).ignoreErrors(), []],
  ['one that fails', some(1, 0).ignoreErrors(), []],
  ['all failing', some(3, 0, 1, 2).ignoreErrors(), []],
  ['first, midway and last', some(8, 0, 4, 7).ignoreErrors(), [1, 2, 3, 5, 6]],
  ['endless', some(Infinity, 1).ignoreErrors().take(3), [0, 2, 3]],
  ['batch', some(8, 1, 4).batch(3).ignoreErrors(), [float32(5, 6, 7)]],
  ['take', some(8, 1).take(3).ignoreErrors(), [0, 2, 3]],
  ['enumerate', some(4, 1).enumerate().ignoreErrors(), [0, 2, 3].map((x) => [x, x])],
  ['zip', Dataset.zip([some(4, 1), Dataset.range(4)]).ignoreErrors(), [0, 2, 3].map((x) => [x, x])],
  ['shuffle(1)', some(4, 1).shuffle(1).ignoreErrors(), [0, 2, 3]],
  ['repeat', some(3, 1).repeat(2).ignoreErrors(), [0, 2, 0, 2]],
  ['concatenate', some(3, 1).concatenate(some(3, 2)).ignoreErrors(), [0, 2, 0, 1]],
  ['prefetch', some(3, 1).prefetch(2).ignoreErrors(), [0, 2]],
  ['filter', some(4, 1).filter((x) => x > 0).ignoreErrors(), [2, 3]], // prettier-ignore
  ['unbatch', some(8, 1, 4).batch(2).unbatch().ignoreErrors(), [2, 3, 5, 6, 7]],
]

describe('ignoreErrors', () => {
  it.each(rows)('after %s', async (_title, dataset, expected) => {
    expect((await dataset.toArray()).map(plain)).toEqual(expected)
  })

  it('does not call what skip passes over, so nothing of it fails', async () => {
    expect(await some(6, 1).skip(3).ignoreErrors().toArray()).toEqual([3, 4, 5])
    const filtered = some(6, 1).filter(() => true)
    expect(await filtered.skip(3).ignoreErrors().toArray()).toEqual([3, 4, 5])
  })

  it('leaves out an endless repeat of what always fails', async () => {
    expect(await some(2, 0, 1).repeat().ignoreErrors().toArray()).toEqual([])
  })

  it('ends where a source cannot go on', async () => {
    const broken = Dataset.fromGenerator({
      [Symbol.iterator]: () => ({
        next: () => {
          throw new Error('gone')
        },
      }),
    })
    expect(await broken.ignoreErrors().toArray()).toEqual([])
    const iterator = Dataset.fromGenerator(function* () {
      yield 1
      throw new Error('gone')
    })
      .ignoreErrors()
      .iterator()
    await iterator.next()
    expect((await iterator.next()).done).toBe(true)
  })

  it.each([
    ['a serial map', {}],
    ['calls in flight', { numParallelCalls: 3 }],
    ['calls in any order', { numParallelCalls: 3, deterministic: false }],
  ])('counts an element that failed in the index of %s', async (_title, options) => {
    const pairs = await some(6, 1, 3)
      .map((x, { index }) => Promise.resolve([x, index]), options)
      .ignoreErrors()
      .toArray()
    expect(pairs.sort()).toEqual([0, 2, 4, 5].map((x) => [x, x]))
  })

  it('fills a report, and tells onError and log', async () => {
    const report = new SkippedReport({ keep: 1 })
    const told: unknown[] = []
    const dataset = some(6, 2, 4).ignoreErrors({
      report,
      onError: (error, { index }) => told.push([(error as Error).message, index]),
      log: (message) => told.push(message),
    })
    expect(await dataset.toArray()).toEqual([0, 1, 3, 5])
    const message = 'range.map: the function threw at element 2: 2 is bad'
    expect(told.slice(0, 2)).toEqual([`range.map.ignoreErrors left out element 2: ${message}`, [message, 2]])
    expect(report.count).toBe(2)
    expect(report.first).toMatchObject([{ path: 'range.map', index: 2, message, file: undefined }])
    expect([...report.byOperation]).toEqual([['range.map', 2]])
    expect(String(report)).toBe(`2 left out\n  range.map: 2\n  ${message}`)
    report.clear()
    expect([report.count, report.first, report.byOperation.size]).toEqual([0, [], 0])
  })

  it('names file, record and offset in the report', async () => {
    const report = new SkippedReport()
    const damaged = Dataset.range(2).map((x) => {
      if (x === 1) throw new DataLossError('cut', { file: 'a.tfrecord', record: 7, byteOffset: 99 })
      return x
    })
    await damaged.ignoreErrors({ report }).toArray()
    expect(report.first).toMatchObject([{ file: 'a.tfrecord', record: 7, byteOffset: 99, index: 1 }])
  })

  it('throws beyond the quota, in a restored iteration too', async () => {
    const dataset = some(6, 1, 3, 5).ignoreErrors({ maxErrors: 2 })
    const message =
      'range.map.ignoreErrors: more than 2 elements failed, the last at element 5: range.map: the function threw at element 5: 5 is bad'
    const thrown: unknown = await dataset.toArray().catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(UnknownError)
    expect(thrown).toMatchObject({ message, index: 5 })
    const iterator = dataset.iterator()
    await iterator.next()
    await iterator.next()
    const state = iterator.save()
    await expect(dataset.toArray({ state })).rejects.toThrow(message)
  })

  it('never leaves out a cancellation', async () => {
    const cancelled = Dataset.range(1).map(() => {
      throw new CancelledError('stop')
    })
    await expect(cancelled.ignoreErrors().toArray()).rejects.toThrow(CancelledError)
    const controller = new AbortController()
    const aborted = Dataset.range(2).map(() => {
      controller.abort()
      throw new Error('on the way')
    })
    await expect(aborted.ignoreErrors().toArray({ signal: controller.signal })).rejects.toThrow(Error)
  })

  it('ends where onError throws', async () => {
    const onError = () => {
      throw new InvalidArgumentError('enough')
    }
    await expect(some(3, 1).ignoreErrors({ onError }).toArray()).rejects.toThrow(
      'range.map.ignoreErrors: onError or log threw at element 1: enough',
    )
  })

  it.each<[string, unknown]>([
    ['ignoreErrors: maxErrors must be a whole number of at least 0, or Infinity, got -1.', { maxErrors: -1 }],
    ['ignoreErrors: onError must be a function, got 1.', { onError: 1 }],
    ['ignoreErrors: log must be a function, got true.', { log: true }],
    ['ignoreErrors: report must be a SkippedReport, got an object.', { report: {} }],
    ['ignoreErrors: there is no option logWarning. It takes onError, maxErrors, log, report.', { logWarning: true }],
  ])('refuses: %s', (message, options) => {
    expect(() => Dataset.range(1).ignoreErrors(options as object)).toThrow(message)
  })

  it('refuses a report that keeps a part of an element', () => {
    expect(() => new SkippedReport({ keep: 0.5 })).toThrow(InvalidArgumentError)
  })
})
