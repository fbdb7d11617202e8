import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FailedPreconditionError, InvalidArgumentError, OutOfRangeError } from '../../src/core/errors.ts'
import { planNode, type Stage } from '../../src/core/stage.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { plain } from '../contract/run.ts'

/** A source by index that counts what is open, and may fail to open. */
function counted(log: { open: number }, fails = false): Dataset<number> {
  const stage: Stage<never, number> = {
    name: 'counted',
    args: {},
    cardinality: () => 3,
    spec: () => undefined,
    open: () => {
      throw new Error('it is read by index')
    },
    randomAccess: async () => {
      await Promise.resolve()
      if (fails) throw new Error('no such file')
      log.open++
      const close = (): void => {
        log.open--
      }
      return { length: 3, at: (index) => index, close }
    },
  }
  return new Dataset(planNode(stage, []))
}

const steps = fc.array(
  fc.oneof(
    fc.nat({ max: 12 }).map((count) => (d: Dataset<unknown>) => d.take(count - 1)),
    fc.nat({ max: 6 }).map((count) => (d: Dataset<unknown>) => d.skip(count)),
    fc.integer({ min: 1, max: 4 }).map((size) => (d: Dataset<unknown>) => d.map((_, { index }) => index).batch(size)),
    fc.boolean().map(
      (wait) => (d: Dataset<unknown>) =>
        d.map((x, { index, rng, epoch }) => {
          const made = [x, index, rng.integer(1000), epoch]
          return wait ? Promise.resolve(made) : made
        }),
    ),
    fc.nat({ max: 9 }).map((seed) => (d: Dataset<unknown>) => d.withOptions({ seed })),
    fc.constant((d: Dataset<unknown>) => d.enumerate(3)),
    fc.constant((d: Dataset<unknown>) => d.prefetch(2)),
    fc.constant((d: Dataset<unknown>) => d.concatenate(Dataset.range(5))),
    fc.constant((d: Dataset<unknown>) => Dataset.zip({ d, i: Dataset.range(20) })),
    fc
      .option(fc.nat(), { nil: undefined })
      .map((seed) => (d: Dataset<unknown>) => d.globalShuffle(seed === undefined ? {} : { seed })),
  ),
  { maxLength: 5 },
)
const source = fc.oneof(
  fc.nat({ max: 15 }).map((length) => Dataset.range(length)),
  fc.nat({ max: 15 }).map((length) => Dataset.fromTensorSlices({ x: Array.from({ length }, (_, i) => [i, -i]) })),
  fc.constant(Dataset.fromTensors([1, 2])),
)

describe('get and reader', () => {
  it('give what an iteration gives, through every chain of operations', async () => {
    await fc.assert(
      fc.asyncProperty(source, steps, fc.nat({ max: 3 }), async (start, chain, epoch) => {
        const dataset = chain.reduce<Dataset<unknown>>((d, step) => step(d), start)
        const elements = (await dataset.toArray({ epoch })).map(plain)
        const reader = await dataset.reader({ epoch })
        expect(reader.length).toBe(elements.length)
        expect(dataset.cardinality()).toBe(elements.length)
        for (const index of [...elements.keys()].reverse())
          expect(plain(await reader.get(index))).toEqual(elements[index])
        await reader.close()
      }),
    )
  })

  it('go as far as there are elements', async () => {
    expect(await Dataset.range(Infinity).skip(5).get(1_000_000)).toBe(1_000_005)
    await expect(
      Dataset.range(3)
        .map((x) => x)
        .get(3),
    ).rejects.toThrow(OutOfRangeError)
    await expect(
      Dataset.range(3)
        .map((x) => x)
        .get(3),
    ).rejects.toThrow('get: there is no element 3: range.map has 3.')
    await expect(Dataset.range(3).get(-1)).rejects.toThrow('get: index must be a whole number of at least 0, got -1.')
    await expect(Dataset.range(3).get(0.5)).rejects.toThrow(InvalidArgumentError)
  })

  it('name the operation that has no elements by index', async () => {
    const odd = Dataset.range(9).filter((x) => x % 2 === 1)
    await expect(odd.enumerate().get(0)).rejects.toThrow(InvalidArgumentError)
    await expect(odd.enumerate().get(0)).rejects.toThrow(
      'get: the elements of range.filter cannot be read by index. Iterate over them instead.',
    )
    expect(() => Dataset.zip([Dataset.range(3), odd]).globalShuffle()).toThrow(
      'globalShuffle: the elements of range.filter cannot be read by index. Put globalShuffle before filter, or use shuffle(bufferSize), which reads in order.',
    )
  })

  it('name the element at which a function throws', async () => {
    const failing = Dataset.range(5).map((x) => {
      if (x === 3) throw new Error('three')
      return x
    })
    await expect(failing.get(3)).rejects.toThrow('range.map: the function threw at element 3: three')
    expect(await failing.get(4)).toBe(4)
  })

  it('close what they open, also where an input fails to open', async () => {
    const log = { open: 0 }
    expect(await counted(log).concatenate(counted(log)).get(4)).toBe(1)
    expect(log.open).toBe(0)
    await expect(Dataset.zip([counted(log), counted(log, true)]).get(0)).rejects.toThrow('no such file')
    expect(log.open).toBe(0)
    expect(await counted(log).globalShuffle({ seed: 1 }).toArray()).toEqual([2, 1, 0])
    const iterator = counted(log).globalShuffle().iterator()
    const pending = iterator.next()
    await iterator.return()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(log.open).toBe(0)
  })

  it('refuse to read once closed', async () => {
    const reader = await Dataset.range(3).reader()
    await reader.close()
    await reader.close()
    await expect(reader.get(0)).rejects.toThrow(FailedPreconditionError)
    await expect(reader.get(0)).rejects.toThrow('get: the reader of range is closed.')
  })
})

describe('globalShuffle', () => {
  it('has another order in each epoch, unless told otherwise', async () => {
    const orders = async (dataset: Dataset<number>) =>
      Promise.all([0, 1].map(async (epoch) => (await dataset.toArray({ epoch })).join()))
    const [first, second] = await orders(Dataset.range(50).globalShuffle())
    expect(first).not.toBe(second)
    const [same, again] = await orders(Dataset.range(50).globalShuffle({ reshuffleEachIteration: false }))
    expect(same).toBe(again)
    expect(await Dataset.range(50).globalShuffle().repeat(2).toArray({ epoch: 0 })).not.toEqual([
      ...(await Dataset.range(50).globalShuffle().toArray({ epoch: 0 })),
      ...(await Dataset.range(50).globalShuffle().toArray({ epoch: 0 })),
    ])
  })

  it('saves its position alone, and goes on at once', async () => {
    const shuffled = Dataset.range(2 ** 40).globalShuffle({ seed: 3 })
    const iterator = shuffled.skip(1_000_000_000).iterator()
    const first = await iterator.next()
    const state = iterator.save()
    expect(JSON.stringify(state).length).toBeLessThan(400)
    const [second, third] = [await iterator.next(), await iterator.next()]
    await iterator.return()
    expect(new Set([first.value, second.value, third.value]).size).toBe(3)
    const again = shuffled.skip(1_000_000_000).iterator({ state })
    expect([await again.next(), await again.next()]).toEqual([second, third])
    await again.return()
  })

  it('refuses an input without end', () => {
    expect(() => Dataset.range(Infinity).globalShuffle()).toThrow(
      'globalShuffle: the input has no end, so it has no order as a whole. Use shuffle(bufferSize), or repeat() after it.',
    )
  })

  it.each([
    [{ seed: 1.5 }, 'globalShuffle: seed must be a whole number of at least 0, got 1.5.'],
    [{ reshuffleEachIteration: 1 }, 'globalShuffle: reshuffleEachIteration must be true or false, got 1.'],
    [{ buffer: 1 }, 'globalShuffle: there is no option buffer. It takes seed, reshuffleEachIteration.'],
  ])('refuses %o', (options, message) => {
    expect(() => Dataset.range(3).globalShuffle(options as never)).toThrow(message)
  })
})
