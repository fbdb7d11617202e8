import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { Dataset, type MillraceError, type NdArray, ndarray, release, workerFn } from '../../src/index.ts'
import { digest, plain } from './fixtures/digest.ts'
import { sharedFlags } from './fixtures/flags.ts'
import * as functions from './fixtures/functions.ts'

const url = functions.here
const everything = workerFn<typeof functions.everything>(url, 'everything')
const picture = workerFn<typeof functions.picture>(url, 'picture')
const counts = [0, 1, 2, 3]

describe('a map in workers gives what the map in this thread gives', () => {
  it.each(counts)('of every kind of leaf, with random numbers, with %i workers', async (workers) => {
    const expected = await digest(Dataset.range(50).map(functions.everything).repeat(2))
    for (const blockSize of [1, 7, 64]) {
      const dataset = Dataset.range(50).map(everything, { workers, blockSize }).repeat(2)
      expect(await digest(dataset)).toBe(expected)
    }
  })

  it('for any workers, sizes of blocks and delays', async () => {
    const inTurns = workerFn<typeof functions.inTurns>(url, 'inTurns')
    const options = fc.record({
      workers: fc.constantFrom(...counts),
      blockSize: fc.integer({ min: 1, max: 20 }),
      numParallelCalls: fc.integer({ min: 1, max: 9 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(60), options, fc.boolean(), async (length, mapping, late) => {
        const input = Dataset.range(length).map((x) => (late && x % 7 === 3 ? Promise.resolve(x) : x))
        const expected = await digest(input.map(functions.inTurns))
        expect(await digest(input.map(inTurns, mapping))).toBe(expected)
        const shuffled = await input.map(inTurns, { ...mapping, deterministic: false }).toArray()
        const sorted = shuffled.toSorted(([a], [b]) => a - b)
        expect(await digest(Dataset.fromGenerator(sorted))).toBe(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('in batches, stacked in the workers', async () => {
    const whole = Dataset.range(45).map(functions.picture).batch(8)
    const part = Dataset.range(45).map(functions.picture).batch(8, { dropRemainder: true })
    for (const workers of counts) {
      const mapped = Dataset.range(45).map(picture, { workers })
      expect(mapped.batch(8).explain()).toContain('workerMapAndBatch')
      expect(await digest(mapped.batch(8))).toBe(await digest(whole))
      expect(await digest(mapped.batch(8, { dropRemainder: true }))).toBe(await digest(part))
      expect((await mapped.batch(8).skip(2).toArray()).map(plain)).toEqual((await whole.skip(2).toArray()).map(plain))
    }
  })

  it('with the types of the function', () => {
    const mapped = Dataset.range(3).map(picture, { workers: 1 })
    expectTypeOf(mapped).toEqualTypeOf<Dataset<{ image: NdArray<'uint8', 2>; label: number }>>()
  })
})

describe('a function with a state', () => {
  it.each(counts)('is prepared once a thread, with %i workers', async (workers) => {
    const flags = sharedFlags()
    const dataset = Dataset.range(40).map(workerFn<typeof functions.counting>(url, 'counting'), {
      workers,
      blockSize: 4,
      init: workerFn<typeof functions.init>(url, 'init'),
      args: [flags, ndarray(Int32Array.of(100))],
    })
    const expected = Array.from({ length: 40 }, (_, i) => 100 + i)
    for (let epoch = 0; epoch < 3; epoch++) expect(await dataset.toArray()).toEqual(expected)
    expect(flags[0]).toBeGreaterThanOrEqual(1)
    expect(flags[0]).toBeLessThanOrEqual(Math.max(1, workers))
  })
})

describe.each([0, 2])('with %i workers, a function that fails', (workers) => {
  async function outcomes(dataset: Dataset<unknown>): Promise<unknown[]> {
    const seen: unknown[] = []
    await dataset
      .ignoreErrors({ onError: (error) => void seen.push((error as MillraceError).message) })
      .forEach((x) => {
        seen.push(plain(x))
      })
    return seen
  }

  it('fails for its element alone, with its index', async () => {
    const failing = workerFn<typeof functions.failing>(url, 'failing')
    const expected = await outcomes(Dataset.range(23).map(functions.failing))
    expect(expected).toContain('range.map: the function threw at element 5: no 5')
    expect(await outcomes(Dataset.range(23).map(failing, { workers, blockSize: 4 }))).toEqual(expected)
  })

  it('takes the elements before it in its batch along, and no others', async () => {
    const failing = workerFn<typeof functions.failing>(url, 'failing')
    const input = Dataset.range(40).map((x) => {
      if (x === 18) throw new Error('upstream')
      return x
    })
    for (const batchSize of [1, 2, 3, 7]) {
      for (const dropRemainder of [true, false]) {
        const expected = await outcomes(input.map(functions.failing).batch(batchSize, { dropRemainder }))
        const found = await outcomes(input.map(failing, { workers }).batch(batchSize, { dropRemainder }))
        expect(found).toEqual(expected)
      }
    }
  })

  it.each([
    ['unsendable', 'range.map: what the function returned for element 3.f is a function, which cannot travel'],
    ['forgetful', 'range.map: the function returned undefined for element 3. Is a return missing?'],
  ] as const)('as it is %s says so', async (name, message) => {
    const dataset = Dataset.range(6).map(workerFn<(x: number) => unknown>(url, name), { workers })
    const seen = await outcomes(dataset)
    expect(seen).toHaveLength(6)
    expect(seen[3]).toContain(message)
  })

  it('as its init does says so, and ends', async () => {
    const init = workerFn<typeof functions.badInit>(url, 'badInit')
    const iterator = Dataset.range(6)
      .map(workerFn<typeof functions.double>(url, 'double'), { workers, init })
      .iterator()
    await expect(iterator.next()).rejects.toMatchObject({
      name: 'InvalidArgumentError',
      message: `map: init badInit of ${url} threw: init will not`,
    })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
  })

  it('is told which element cannot go to it', async () => {
    const dataset = Dataset.range(6)
      .map((x): number => (x === 3 ? ((() => 1) as never) : x))
      .map(workerFn<typeof functions.double>(url, 'double'), { workers })
    const seen = await outcomes(dataset)
    expect([...seen.slice(0, 3), ...seen.slice(4)]).toEqual([0, 2, 4, 8, 10])
    expect(seen[3]).toContain('range.map.map: element 3 is a function, which cannot travel between threads.')
  })
})

describe('memory of results', () => {
  it('is shared, and used again once it is given back', async () => {
    const buffers = new Set<unknown>()
    for await (const batch of Dataset.range(400).map(picture, { workers: 2 }).batch(8)) {
      expect(batch.image.data.buffer).toBeInstanceOf(SharedArrayBuffer)
      buffers.add(batch.image.data.buffer)
      release(batch)
    }
    // Those of the blocks in flight, of those that wait to be handed on, and of the one in use.
    expect(buffers.size).toBeLessThanOrEqual(9)
  })

  it('never changes where it is kept', async () => {
    const kept = await Dataset.range(200).map(picture, { workers: 2, blockSize: 8 }).toArray()
    expect(kept.map(({ image }) => image.data[11])).toEqual(Array.from({ length: 200 }, (_, i) => i))
    const some: { image: NdArray; label: number }[] = []
    for await (const element of Dataset.range(200).map(picture, { workers: 2, blockSize: 8 })) {
      if (element.label % 3 === 0) some.push(element)
      else release(element)
    }
    expect(some.every(({ image, label }) => image.data[0] === label)).toBe(true)
  })

  it('that was given back is not read without an error', async () => {
    const [first] = await Dataset.range(1).map(picture, { workers: 1 }).toArray()
    const { data } = first.image
    release(first)
    expect(() => first.image.data).toThrow(
      expect.objectContaining({
        name: 'FailedPreconditionError',
        message:
          'NdArray: this array was given back with release(), and is read after that. ' +
          'Release an element once you are done with it, or keep a copy of what you need longer.',
      }),
    )
    expect(Array.from(data)).toEqual(new Array(12).fill(0xdd))
  })
})

describe('a map in workers that cannot work', () => {
  const nowhere = new URL('./fixtures/nowhere.ts', import.meta.url)
  const rows: [string, () => unknown, string, string][] = [
    [
      'without its module',
      () => Dataset.range(3).map(workerFn<typeof functions.double>(nowhere, 'f')),
      'NotFoundError',
      `workerFn: there is no ${fileURLToPath(nowhere)}. Check the path in workerFn.`,
    ],
    [
      'without its export',
      () => Dataset.range(3).map(workerFn<typeof functions.double>(url, 'dobule')),
      'NotFoundError',
      `workerFn: ${fileURLToPath(url)} has no export dobule. It exports here, double, everything, `,
    ],
    [
      'of a function of this thread',
      () => Dataset.range(3).map((x) => x, { workers: 2 } as never),
      'InvalidArgumentError',
      'map: a function of this thread cannot run in workers, but workers was given. Export the function from a module',
    ],
    [
      'with an init of this thread',
      () => Dataset.range(3).map(everything, { init: (() => 1) as never }),
      'InvalidArgumentError',
      "map: init must be what workerFn(module, 'name') returns, got a function.",
    ],
    [
      'with arguments that nobody takes',
      () => Dataset.range(3).map(everything, { args: [1] as never }),
      'InvalidArgumentError',
      'map: init must be given where args are, got undefined.',
    ],
    [
      'with arguments that cannot travel',
      () =>
        Dataset.range(3).map(everything, {
          init: workerFn<(f: () => void) => unknown>(url, 'init'),
          args: [() => undefined],
        }),
      'InvalidArgumentError',
      'map: args[0] is a function, which cannot travel between threads.',
    ],
    [
      'with no block',
      () => Dataset.range(3).map(everything, { blockSize: 0 }),
      'InvalidArgumentError',
      'map: blockSize must be a whole number of at least 1, or AUTOTUNE, got 0.',
    ],
    [
      'with an option that there is not',
      () => Dataset.range(3).map(everything, { threads: 2 } as never),
      'InvalidArgumentError',
      'map: there is no option threads. It takes numParallelCalls, workers, blockSize,',
    ],
  ]
  it.each(rows)('%s fails when it is built', (_, build, name, message) => {
    expect(build).toThrow(expect.objectContaining({ name, message: expect.stringContaining(message) as string }))
  })
})
