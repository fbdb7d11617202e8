import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'

describe('a dataset without an end', () => {
  const endless = Dataset.range(3).repeat()

  it.each([
    ['toArray', () => endless.toArray()],
    ['reduce', () => endless.reduce(0, (sum, x) => sum + x)],
    ['save', () => endless.save(join(tmpdir(), 'endless'))],
  ])('is refused by %s', async (name, call) => {
    await expect(call()).rejects.toMatchObject({
      name: 'InvalidArgumentError',
      message: `${name}: range.repeat has no end. Take a part of it: take(n).`,
    })
  })
})

describe('what would take for ever', () => {
  it('ends where a pass is known to be empty, however many there are to be', async () => {
    expect(await Dataset.range(0).repeat(Number.MAX_SAFE_INTEGER).toArray()).toEqual([])
  })

  const never = () => new Promise<number>(() => undefined)
  it.each([
    ['forEach', (signal: AbortSignal) => Dataset.range(3).forEach(never, { signal })],
    ['reduce', (signal: AbortSignal) => Dataset.range(3).reduce(0, never, { signal })],
  ])('ends with the signal of %s, also while its function is waited for', async (_name, run) => {
    const controller = new AbortController()
    const running = run(controller.signal)
    setImmediate(() => controller.abort('enough'))
    await expect(running).rejects.toMatchObject({ name: 'CancelledError', cause: 'enough' })
  })
})

describe('a function that returns the dataset which it is a part of', () => {
  const recursive = (step: (inner: () => Dataset<number>) => (dataset: Dataset<number>) => Dataset<number>) => {
    const dataset: Dataset<number> = step(() => dataset)(Dataset.range(2))
    return dataset
  }

  it.each([
    ['flatMap', recursive((inner) => (d) => d.flatMap(() => inner()))],
    ['flatMap', recursive((inner) => (d) => d.flatMap(() => Promise.resolve(inner())))],
    ['interleave', recursive((inner) => (d) => d.interleave(() => inner()))],
    ['interleave', recursive((inner) => (d) => d.interleave(() => inner(), { numParallelCalls: 2 }))],
    ['interleave', recursive((inner) => (d) => d.interleave(() => Promise.resolve(inner()), { numParallelCalls: 2 }))],
  ])('%s is an error that says so', async (name, dataset) => {
    const thrown: unknown = await dataset.first().catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(InvalidArgumentError)
    expect((thrown as Error).message).toContain(
      `range.${name}[0] > range.${name}[0] > ...: datasets are nested more than 100 deep. Does the function return the dataset that it is a part of?`,
    )
  })

  it.each([
    [{ cycleLength: 4 }, 4 ** 4 * 100],
    [{ cycleLength: 100 }, 100 * 100],
    [{ cycleLength: 4, blockLength: 16 }, 4 ** 4 * 2 * 100],
    [{ cycleLength: 4, deterministic: false }, 4 ** 4 * 100],
  ])('opens few datasets before it is refused, with several calls and %j', async (options, most) => {
    let opened = 0
    const count = (inner: Dataset<number>) => {
      if (++opened > most) throw new Error('too many')
      return opened % 2 === 0 ? inner : Promise.resolve(inner)
    }
    const dataset: Dataset<number> = Dataset.range(1000).interleave(() => count(dataset), {
      numParallelCalls: 4,
      ...options,
    })
    await expect(dataset.first()).rejects.toThrow(/nested more than 100 deep/)
  })

  it('gives the same elements and states, whatever is read ahead', async () => {
    const tree = (depth: number, numParallelCalls: number): Dataset<number> =>
      depth === 0
        ? Dataset.range(2)
        : Dataset.range(3).interleave((x) => tree(depth - 1, numParallelCalls).map((y) => 10 * y + x), {
            cycleLength: 7,
            numParallelCalls,
          })
    const expected = await tree(5, 1).toArray()
    expect(await tree(5, 4).toArray()).toEqual(expected)
    const iterator = tree(5, 4).iterator()
    for (let i = 0; i < 100; i++) await iterator.next()
    const state = iterator.save()
    await iterator.return()
    expect(await tree(5, 4).toArray({ state })).toEqual(expected.slice(100))
  })

  it('is fine while it ends', async () => {
    const down = (depth: number): Dataset<number> =>
      depth === 0 ? Dataset.range(1) : Dataset.range(1).flatMap(() => down(depth - 1))
    expect(await down(99).toArray()).toEqual([0])
  })
})
