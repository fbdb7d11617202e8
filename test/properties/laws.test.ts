import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { plain } from '../contract/run.ts'

const length = fc.nat(40)
const size = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(Infinity))

describe('shuffle', () => {
  it('permutes, and is a function of seed and epoch alone', async () => {
    await fc.assert(
      fc.asyncProperty(length, size, fc.nat(), fc.nat(1000), async (count, bufferSize, seed, epoch) => {
        const build = () => Dataset.range(count).shuffle(bufferSize, { seed })
        const order = await build().toArray({ epoch })
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
        expect(
          await build()
            .map((x) => x)
            .toArray({ epoch }),
        ).toEqual(order)
        expect(
          await Dataset.range(count)
            .filter(() => true)
            .shuffle(bufferSize, { seed })
            .toArray({ epoch }),
        ).toEqual(order)
      }),
    )
  })

  it('never gives an element before it could be read', async () => {
    await fc.assert(
      fc.asyncProperty(length, fc.integer({ min: 1, max: 12 }), fc.nat(), async (count, bufferSize, seed) => {
        const order = await Dataset.range(count).shuffle(bufferSize, { seed }).toArray()
        order.forEach((element, place) => expect(element).toBeLessThan(place + bufferSize))
      }),
    )
  })

  it('repeated n times gives what n iterations give', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10), size, fc.boolean(), fc.nat(4), async (count, bufferSize, reshuffle, n) => {
        const build = () => Dataset.range(count).shuffle(bufferSize, { reshuffleEachIteration: reshuffle })
        const dataset = build()
        const iterations: number[] = []
        for (let i = 0; i < n; i++) iterations.push(...(await dataset.toArray()))
        expect(await build().repeat(n).toArray()).toEqual(iterations)
      }),
    )
  })
})

/** Leaves by name: how a row of each is made from a number. */
const leaves: Readonly<Record<string, (x: number) => unknown>> = {
  number: (x) => x,
  bigint: (x) => BigInt(x),
  boolean: (x) => x % 2 === 0,
  string: (x) => `s${x}`,
  bytes: (x) => Uint8Array.of(x),
  vector: (x) => ndarray([x, x + 1]),
  empty: () => ndarray(new Float32Array(0)),
  matrix: (x) => new NdArray('uint16', [2, 1], Uint16Array.of(x, x + 1)),
  words: (x) => ndarray([`${x}`, 'b']),
}
const structure = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 2 }, tie('leaf'), tie('tuple'), tie('object')),
  leaf: fc.constantFrom(...Object.keys(leaves)),
  tuple: fc.array(tie('any'), { minLength: 1, maxLength: 3 }),
  object: fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), tie('any'), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  }),
})).any

function elementOf(shape: unknown, x: number): unknown {
  if (typeof shape === 'string') return leaves[shape](x)
  if (Array.isArray(shape)) return shape.map((part) => elementOf(part, x))
  return Object.fromEntries(Object.entries(shape as object).map(([key, part]) => [key, elementOf(part, x)]))
}

describe('batch', () => {
  it('is undone by unbatch, whatever the element is', async () => {
    await fc.assert(
      fc.asyncProperty(structure, fc.nat(9), fc.integer({ min: 1, max: 4 }), async (shape, count, batchSize) => {
        const dataset = Dataset.range(count).map((x) => elementOf(shape, x))
        const back = dataset.batch(batchSize).unbatch()
        expect((await back.toArray()).map(plain)).toEqual((await dataset.toArray()).map(plain))
      }),
    )
  })

  it('of batches is a batch, reshaped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), async (a, b) => {
        const twice = await Dataset.range(a * b)
          .batch(a)
          .batch(b)
          .first()
        const once = await Dataset.range(a * b)
          .batch(a * b)
          .first()
        expect(plain(twice?.reshape([a * b]))).toEqual(plain(once))
      }),
    )
  })
})

describe('take, skip and map', () => {
  it('take and skip cover all', async () => {
    await fc.assert(
      fc.asyncProperty(length, fc.nat(50), async (count, n) => {
        const dataset = Dataset.range(count)
        const both = dataset.take(n).concatenate(dataset.skip(n))
        expect(await both.toArray()).toEqual(await dataset.toArray())
      }),
    )
  })

  it('two maps are one of the composed function', async () => {
    await fc.assert(
      fc.asyncProperty(length, fc.func(fc.integer()), fc.func(fc.integer()), async (count, f, g) => {
        const two = Dataset.range(count)
          .map((x) => f(x))
          .map((x) => g(x))
        const one = Dataset.range(count).map((x) => g(f(x)))
        expect(await two.toArray()).toEqual(await one.toArray())
      }),
    )
  })

  it('a map calls nothing for what is skipped', async () => {
    await fc.assert(
      fc.asyncProperty(length, fc.nat(50), async (count, n) => {
        const seen: number[] = []
        const dataset = Dataset.range(count).map((x) => {
          seen.push(x)
          return x
        })
        const rest = await dataset.skip(n).toArray()
        expect(seen).toEqual(rest)
      }),
    )
  })

  it('zip of the same is the same twice', async () => {
    await fc.assert(
      fc.asyncProperty(length, length, async (a, b) => {
        const pairs = await Dataset.zip([Dataset.range(a), Dataset.range(b)]).toArray()
        expect(pairs).toEqual(Array.from({ length: Math.min(a, b) }, (_, i) => [i, i]))
      }),
    )
  })

  it('zip is undone by taking each side', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.string()), { maxLength: 40 }), async (pairs) => {
        const dataset = Dataset.fromGenerator(pairs)
        const again = Dataset.zip([dataset.map(([a]) => a), dataset.map(([, b]) => b)])
        expect(await again.toArray()).toEqual(pairs)
      }),
    )
  })
})

describe('filter and repeat', () => {
  it('two filters are one by both predicates', async () => {
    await fc.assert(
      fc.asyncProperty(length, fc.func(fc.boolean()), fc.func(fc.boolean()), async (count, p, q) => {
        const two = Dataset.range(count)
          .filter((x) => p(x))
          .filter((x) => q(x))
        const one = Dataset.range(count).filter((x) => p(x) && q(x))
        expect(await two.toArray()).toEqual(await one.toArray())
      }),
    )
  })

  it('repeat gives n times the elements, as it says', async () => {
    await fc.assert(
      fc.asyncProperty(length, fc.nat(5), fc.boolean(), async (count, n, known) => {
        const dataset = known ? Dataset.range(count) : Dataset.range(count).filter(() => true)
        const once = await dataset.toArray()
        const repeated = dataset.repeat(n)
        expect(await repeated.toArray()).toEqual(Array<number[]>(n).fill(once).flat())
        if (known) expect(repeated.cardinality()).toBe(n * count)
      }),
    )
  })
})
