import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { drain, open, pull, stored } from '../contract/run.ts'

const fractions = fc.constantFrom<Record<string, number>>(
  { train: 0.8, validation: 0.1, test: 0.1 },
  { a: 0.25, b: 0.25 },
  { all: 1 },
  { a: 0.1, b: 0.2, c: 0.3, d: 0.4 },
)
const elements = fc.array(fc.oneof(fc.nat(20), fc.string(), fc.bigInt(), fc.tuple(fc.boolean(), fc.nat(3))), {
  maxLength: 40,
})
const seed = fc.nat(1000)

type Parts = Record<string, unknown[]>

async function partsOf(dataset: Dataset<unknown>, into: Record<string, number>, seed: number): Promise<Parts> {
  const parts = Object.entries(dataset.split(into, { seed }))
  return Object.fromEntries(await Promise.all(parts.map(async ([name, part]) => [name, await part.toArray()] as const)))
}

const text = (element: unknown) =>
  JSON.stringify(element, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))

it('parts are disjoint, in order, and all together where the fractions sum to 1', async () => {
  await fc.assert(
    fc.asyncProperty(elements, fractions, seed, async (list, into, seed) => {
      const indexed = Dataset.fromGenerator(list.map((element, i) => [i, element] as const))
      const parts = indexed.split(into, { seed, key: ([, element]) => text(element) })
      const places: number[] = []
      for (const part of Object.values(parts)) {
        const own = (await part.toArray()).map(([i]) => i)
        expect(own).toEqual(own.toSorted((a, b) => a - b))
        places.push(...own)
      }
      expect(new Set(places).size).toBe(places.length)
      if (!('a' in into && !('c' in into))) expect(places).toHaveLength(list.length)
    }),
  )
})

it('an element is in the same part whatever comes before, after and beside it', async () => {
  await fc.assert(
    fc.asyncProperty(elements, elements, fractions, seed, async (list, more, into, seed) => {
      const few = await partsOf(Dataset.fromGenerator(list), into, seed)
      const many = await partsOf(Dataset.fromGenerator([...more, ...list].toReversed()), into, seed)
      for (const [name, part] of Object.entries(few)) {
        const others = Object.keys(many).filter((other) => other !== name)
        const there = (other: string) => new Set(many[other].map(text))
        for (const element of part.map(text)) {
          expect(there(name)).toContain(element)
          for (const other of others) expect(there(other)).not.toContain(element)
        }
      }
    }),
  )
})

it('a greater fraction of the first part keeps what it had', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), seed, async (tenths, seed) => {
      const first = async (tenth: number) =>
        await Dataset.range(50)
          .split({ a: tenth / 10, b: 1 - tenth / 10 }, { seed })
          .a.toArray()
      const [less, more] = [await first(tenths), tenths === 9 ? [...Array(50).keys()] : await first(tenths + 1)]
      expect(more).toEqual(expect.arrayContaining(less))
    }),
  )
})

it('gives the same after any number of parallel calls, and resumes at every step', async () => {
  await fc.assert(
    fc.asyncProperty(elements, seed, fc.integer({ min: 1, max: 5 }), async (list, seed, numParallelCalls) => {
      const build = (calls: number) =>
        Dataset.range(list.length)
          .map((i) => Promise.resolve(list[i]), { numParallelCalls: calls })
          .split({ a: 0.6, b: 0.4 }, { seed }).a
      const expected = await drain(open(build(1).node))
      const { node } = build(numParallelCalls)
      const cursor = open(node)
      for (let step = 0; step <= expected.length; step++) {
        expect(await drain(open(node, stored(cursor.state())))).toEqual(expected.slice(step))
        expect(await pull(cursor, 1)).toEqual(expected.slice(step, step + 1))
      }
      await cursor.close()
    }),
    { numRuns: 50 },
  )
})
