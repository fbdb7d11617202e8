import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { drain, open, plain, pull, stored } from '../contract/run.ts'

interface Pair {
  readonly x: number[]
  readonly y: number[]
}

const lengths = { x: 6, y: 4 }
const names = ['x', 'y'] as const
const pairs = fc.array(
  fc.record({
    x: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: lengths.x }),
    y: fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: lengths.y }),
  }),
  { maxLength: 25 },
)
const numPackingBins = fc.integer({ min: 1, max: 5 })

/** First fit on plain arrays: the elements of each row. */
function firstFit(elements: readonly Pair[], bins: number): Pair[][] {
  const done: Pair[][] = []
  let rows: Pair[][] = []
  const hasRoom = (row: readonly Pair[], pair: Pair) =>
    names.every((name) => [...row, pair].reduce((sum, part) => sum + part[name].length, 0) <= lengths[name])
  for (const pair of elements) {
    let row = rows.find((open) => hasRoom(open, pair))
    if (row === undefined && rows.length === bins) {
      done.push(...rows)
      rows = []
    }
    if (row === undefined) rows.push((row = []))
    row.push(pair)
  }
  return [...done, ...rows]
}

/** A row as the operation gives it. */
function rowOf(elements: readonly Pair[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const filled = (values: number[]) => {
        const padding = Array<number>(lengths[name] - values.length).fill(0)
        return { dtype: 'int32', shape: [lengths[name]], values: [...values, ...padding] }
      }
      return [
        [name, filled(elements.flatMap((pair) => pair[name]))],
        [`${name}_segment_ids`, filled(elements.flatMap((pair, i) => pair[name].map(() => i + 1)))],
        [`${name}_positions`, filled(elements.flatMap((pair) => pair[name].map((_, place) => place)))],
      ]
    }),
  )
}

it('packs as first fit on plain arrays does', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, numPackingBins, fc.boolean(), async (elements, bins, arrays) => {
      const dataset = Dataset.fromGenerator(elements)
      const packed = arrays
        ? dataset
            .map(({ x, y }) => ({ x: ndarray(x, undefined, 'int32'), y: ndarray(y, undefined, 'int32') }))
            .packSequences<unknown>(lengths, { numPackingBins: bins })
        : dataset.packSequences<unknown>(lengths, { numPackingBins: bins })
      expect((await packed.toArray()).map(plain)).toEqual(firstFit(elements, bins).map(rowOf))
    }),
  )
})

it('gives every value once, in order within its segment', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, numPackingBins, async (elements, bins) => {
      const found: string[] = []
      for (const row of await Dataset.fromGenerator(elements)
        .packSequences(lengths, { numPackingBins: bins })
        .toArray()) {
        const count = Math.max(...row.x_segment_ids.data, ...row.y_segment_ids.data)
        for (let id = 1; id <= count; id++) {
          const of = (name: 'x' | 'y') => {
            const places = [...row[name].data.keys()].filter((at) => row[`${name}_segment_ids`].data[at] === id)
            expect(places.map((at) => row[`${name}_positions`].data[at])).toEqual([...places.keys()])
            return places.map((at) => row[name].data[at])
          }
          found.push(JSON.stringify([of('x'), of('y')]))
        }
      }
      const given = elements.filter(({ x, y }) => x.length + y.length > 0).map(({ x, y }) => JSON.stringify([x, y]))
      expect(found.filter((pair) => pair !== '[[],[]]').toSorted()).toEqual(given.toSorted())
    }),
  )
})

it('resumes at every step, also where elements were refused', async () => {
  const tooLong = fc.tuple(pairs, fc.array(fc.nat(25), { maxLength: 4 })).map(([elements, at]) => {
    const long = { x: Array<number>(lengths.x + 1).fill(1), y: [] }
    return at.reduce<Pair[]>((list, place) => list.toSpliced(place, 0, long), elements)
  })
  await fc.assert(
    fc.asyncProperty(tooLong, numPackingBins, fc.boolean(), async (elements, bins, waits) => {
      const { node } = Dataset.fromGenerator(elements)
        .map((pair) => (waits ? Promise.resolve(pair) : pair))
        .packSequences(lengths, { numPackingBins: bins, dropTooLong: true })
      const expected = firstFit(
        elements.filter(({ x }) => x.length <= lengths.x),
        bins,
      ).map(rowOf)
      const cursor = open(node)
      for (let step = 0; step <= expected.length; step++) {
        const state = stored(cursor.state())
        expect(await drain(open(node, state))).toEqual(expected.slice(step))
        const again = open(node, state)
        expect(await pull(again, 1)).toEqual(expected.slice(step, step + 1))
        expect(await drain(open(node, stored(again.state())))).toEqual(expected.slice(step + 1))
        await again.close()
        expect(await pull(cursor, 1)).toEqual(expected.slice(step, step + 1))
      }
      await cursor.close()
    }),
    { numRuns: 50 },
  )
})
