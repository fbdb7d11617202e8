import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Dataset, type MillraceError, workerFn } from '../../src/index.ts'
import { allFree } from './fixtures/allFree.ts'
import * as pipelines from './fixtures/pipelines.ts'

const url = pipelines.here

/** Threads of this process, where the system tells; none elsewhere. */
function threads(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0
}

/** What comes before an iteration fails, and its error. */
async function run(dataset: Dataset<unknown>): Promise<{ elements: unknown[]; error: MillraceError }> {
  const elements: unknown[] = []
  try {
    for await (const element of dataset) elements.push(element)
  } catch (error) {
    return { elements, error: error as MillraceError }
  }
  throw new Error('it did not fail')
}

function failing(how: Parameters<typeof pipelines.failing>[0], workers: number, at = 3): Dataset<unknown> {
  return Dataset.fromWorkers(workerFn<typeof pipelines.failing>(url, 'failing'), { args: [how, at], workers })
}

describe.each([0, 2])('with %i workers, a function that throws', (workers) => {
  it('gives its error as it would be in this thread, after the elements before it', async () => {
    const { elements, error } = await run(failing('ours', workers))
    expect(elements).toEqual([0, 1, 2])
    expect(error).toMatchObject({
      name: 'NotFoundError',
      message: 'range.map: the function threw at element 3: no 3 Look elsewhere.',
      ...{ path: 'range.map', index: 3, file: 'a.bin', record: 7, byteOffset: 2 ** 40 },
      cause: { name: 'NotFoundError', message: 'no 3 Look elsewhere.', hint: 'Look elsewhere.' },
    })
    expect((error.cause as Error).stack).toContain('pipelines.ts')
  })

  it('keeps the cause of an error that is not ours, and where it was thrown', async () => {
    const { error } = await run(failing('theirs', workers))
    expect(error).toMatchObject({ name: 'UnknownError', path: 'range.map', index: 3 })
    const { cause } = error
    expect(cause).toBeInstanceOf(TypeError)
    expect(cause).toMatchObject({ message: 'bad 3', code: 'E_BAD', cause: { message: 'deep down' } })
    expect((cause as Error).stack).toContain('pipelines.ts')
  })
})

describe('an error in a worker', () => {
  it('keeps a thrown text', async () => {
    const { error } = await run(failing('text', 1))
    expect(error).toMatchObject({ name: 'UnknownError', index: 3, cause: 'a string' })
  })

  it('leaves a state to go on from, behind the element that failed', async () => {
    const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.failingTwice>(url, 'failingTwice'), { workers: 2 })
    const iterator = dataset.iterator()
    expect([(await iterator.next()).value, (await iterator.next()).value]).toEqual([0, 1])
    await expect(iterator.next()).rejects.toThrow('no 2')
    const again = dataset.iterator({ state: iterator.save() })
    expect([(await again.next()).value, (await again.next()).value]).toEqual([3, 4])
    await expect(again.next()).rejects.toThrow('bad 5')
    expect(await dataset.toArray({ state: again.save() })).toEqual([6, 7, 8, 9])
  })

  it.each([2, 3])('comes at its place also where %i workers pass over it', async (workers) => {
    const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.failingFilter>(url, 'failingFilter'), {
      args: [5],
      workers,
    })
    const { elements, error } = await run(dataset)
    expect(elements).toEqual([0, 1, 2, 3, 4])
    expect(error).toMatchObject({ name: 'UnknownError', path: 'range.filter', index: 5 })
  })

  it.each([
    ['function', 'range.map: element 3 cannot leave the worker: the element.inner.callback is a function, which'],
    ['instance', 'range.map: element 3 cannot leave the worker: the element[1] is a Map, which'],
  ] as const)('names the place of a %s that cannot travel', async (how, message) => {
    const { elements, error } = await run(failing(how, 2))
    expect(elements).toEqual([0, 1, 2])
    expect(error).toMatchObject({ name: 'InvalidArgumentError', path: 'range.map', index: 3 })
    expect(error.message).toContain(message)
  })

  it('that comes in closing is thrown by whoever closes', async () => {
    const dataset = Dataset.fromWorkers(workerFn<typeof pipelines.unclosable>(url, 'unclosable'))
    const iterator = dataset.iterator()
    expect(await iterator.next()).toEqual({ done: false, value: 0 })
    await expect(iterator.return()).rejects.toThrow('the file would not close')
  })
})

describe('a worker that dies', () => {
  it.each([
    ['exit0', 'UnavailableError', 'exited with code 0 before element 3.'],
    ['exit3', 'UnavailableError', 'exited with code 3 before element 3.'],
    ['rejection', 'UnavailableError', 'failed before element 3: nobody awaits this'],
    ['exception', 'UnavailableError', 'failed before element 3: thrown from a callback'],
  ] as const)('by %s gives an error, after the good elements', async (how, name, message) => {
    for (const workers of how === 'exit3' ? [2] : [1]) {
      const dataset = failing(how, workers)
      const { elements, error } = await run(dataset)
      expect(elements).toEqual([0, 1, 2])
      expect(error).toMatchObject({ name, path: 'fromWorkers', index: 3 })
      const who = `fromWorkers: worker ${3 % workers} of ${workers}, which runs failing of ${url}, `
      expect(error.message).toContain(who + message)
    }
  })

  it('is told of by its own words, also where it is dead before this thread hears that it began', async () => {
    // Threads that have run wait with all that the next pipeline needs.
    await failing('ours', 3).ignoreErrors().toArray()
    await allFree()
    const alive = threads()
    const next = failing('exit3', 1, 0).iterator().next()
    // The thread, and the one that loads its modules.
    for (let looks = 0; looks < 20_000 && threads() > alive - 2; looks++) continue
    await expect(next).rejects.toThrow(`which runs failing of ${url}, exited with code 3 before element 0.`)
  })

  it('ends its iteration: nothing comes after', async () => {
    const iterator = failing('exit0', 1).skip(3).iterator()
    await expect(iterator.next()).rejects.toThrow('exited with code 0')
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    expect(() => iterator.save()).not.toThrow()
  })
})

describe('a pipeline that cannot begin', () => {
  const missing = new URL('./fixtures/nowhere.ts', import.meta.url).href
  const broken = 'data:text/javascript,export const = 5'
  const here = `of ${url}`
  const rows: [string, string, string, string, RegExp | string][] = [
    ['no module', missing, 'build', 'NotFoundError', `workerFn: cannot load ${missing}: `],
    ['a syntax error', broken, 'build', 'FailedPreconditionError', /^workerFn: cannot load data:.*: .*\.$/s],
    ['no export', url, 'evrything', 'NotFoundError', `workerFn: ${url} has no export evrything. It exports `],
    ['no function', url, 'notAFunction', 'FailedPreconditionError', `workerFn: notAFunction ${here} is no function.`],
    ['an error', url, 'throwing', 'InvalidArgumentError', `fromWorkers: throwing ${here} threw: what a wish`],
    ['a rejection', url, 'throwingLater', 'UnknownError', `fromWorkers: throwingLater ${here} threw: not today`],
    [
      'nothing',
      url,
      'returningNothing',
      'FailedPreconditionError',
      `returningNothing ${here} did not return a Dataset.`,
    ],
    [
      'a number',
      url,
      'returningNumber',
      'FailedPreconditionError',
      `returningNumber ${here} did not return a Dataset.`,
    ],
  ]
  it.each(rows)('for %s says so at the first element', async (_, module, exportName, name, message) => {
    for (const workers of [0, 1]) {
      const iterator = Dataset.fromWorkers(workerFn(module, exportName), { workers }).iterator()
      const failure = await iterator.next().catch((error: unknown) => error as MillraceError)
      expect(failure, `${workers} workers`).toMatchObject({ name })
      expect((failure as MillraceError).message).toMatch(message)
      expect(await iterator.next()).toEqual({ done: true, value: undefined })
    }
  })
})
