import { Dataset, NdArray, ndarray, Rng } from 'millrace'
import type { Case, Side } from '../measure.ts'

/**
 * Operations beside plain loops that do the same work. Where an operation hands elements on, they are rows of a table
 * of float32, which the loop makes too; where it makes or folds numbers, plain numbers.
 */

const width = 32

let used = 0
/** Keeps results in use, so that no side's work is left out by the compiler. */
function use(value: { readonly length: number } | number): void {
  used += typeof value === 'number' ? value : value.length
}

export const usedSoFar = () => used

type Row = NdArray<'float32', 1>

/** A case of two sides: ours, and the loop. */
function versus(
  name: string,
  rows: number,
  dataset: (table: NdArray<'float32', 2>) => Dataset<unknown>,
  loop: (table: NdArray<'float32', 2>, visit: (element: unknown) => void) => void,
): Case {
  return {
    name: `operation ${name}`,
    element: 'row read',
    open(quick) {
      const count = quick ? rows / 10 : rows
      const table = new NdArray<'float32', 2>(
        'float32',
        [count, width],
        new Float32Array(count * width).map((_, i) => i % 977),
      )
      const ours = dataset(table)
      const visit = (element: unknown): void => use(element instanceof NdArray ? element.size : 1)
      const sides: Side[] = [
        {
          name: 'millrace',
          run: async () => {
            await ours.forEach(visit)
            return count
          },
        },
        {
          name: 'plain loop',
          run: () => {
            loop(table, visit)
            return count
          },
        },
      ]
      return Promise.resolve({ sides })
    },
  }
}

const rowsOf = (table: NdArray<'float32', 2>): Dataset<Row> => Dataset.fromTensorSlices(table)
const rowAt = ({ data }: NdArray<'float32', 2>, i: number): Row =>
  new NdArray('float32', [width], data.subarray(i * width, (i + 1) * width))
const lengthOf = (table: NdArray<'float32', 2>): number => table.shape[0]

/** Groups of rows that flatMap and interleave make of a number. */
const group = 50
const groupOf = (table: NdArray<'float32', 2>, i: number): Dataset<Row> =>
  Dataset.fromTensorSlices(table.slice(i * group, (i + 1) * group))

const million = 1_000_000

/** Each operation in turn. */
export const operations: readonly Case[] = [
  versus(
    'takeWhile',
    million,
    (t) => rowsOf(t).takeWhile((row) => row.data[0] >= 0),
    (t, visit) => {
      for (let i = 0; i < lengthOf(t); i++) {
        const row = rowAt(t, i)
        if (!(row.data[0] >= 0)) return
        visit(row)
      }
    },
  ),
  versus(
    'shard(4, 1)',
    million,
    (t) => rowsOf(t).shard(4, 1),
    (t, visit) => {
      for (let i = 1; i < lengthOf(t); i += 4) visit(rowAt(t, i))
    },
  ),
  versus(
    'assertCardinality',
    million,
    (t) => rowsOf(t).assertCardinality(lengthOf(t)),
    (t, visit) => {
      for (let i = 0; i < lengthOf(t); i++) visit(rowAt(t, i))
    },
  ),
  versus(
    'zip, strict',
    million,
    (t) => Dataset.zip([rowsOf(t), rowsOf(t)], { strict: true }),
    (t, visit) => {
      for (let i = 0; i < lengthOf(t); i++) visit([rowAt(t, i), rowAt(t, i)])
    },
  ),
  versus(
    'counter',
    million,
    (t) =>
      Dataset.counter(3, 2)
        .take(lengthOf(t))
        .map((x) => String(x)),
    (t, visit) => {
      for (let i = 0; i < lengthOf(t); i++) visit(String(3 + 2 * i))
    },
  ),
  versus(
    'flatMap',
    million,
    (t) => Dataset.range(lengthOf(t) / group).flatMap((i) => groupOf(t, i)),
    (t, visit) => {
      for (let i = 0; i < lengthOf(t) / group; i++) {
        const part = t.slice(i * group, (i + 1) * group)
        for (let j = 0; j < group; j++) visit(rowAt(part, j))
      }
    },
  ),
  versus(
    'interleave(4 of 1)',
    million,
    (t) => Dataset.range(lengthOf(t) / group).interleave((i) => groupOf(t, i), { cycleLength: 4 }),
    interleaved,
  ),
  versus(
    'window(32)',
    million,
    (t) => rowsOf(t).window(32),
    (t, visit) => {
      for (let i = 0; i < lengthOf(t); i += 32) {
        const window: Row[] = []
        for (let j = i; j < Math.min(i + 32, lengthOf(t)); j++) window.push(rowAt(t, j))
        visit(window)
      }
    },
  ),
  versus(
    'slidingBatch(8, shift 1)',
    million / 4,
    (t) => rowsOf(t).slidingBatch(8, { shift: 1 }),
    (t, visit) => {
      const kept: Row[] = []
      const cut = (): void => {
        const data = new Float32Array(kept.length * width)
        for (let k = 0; k < kept.length; k++) data.set(kept[k].data, k * width)
        visit(new NdArray('float32', [kept.length, width], data))
        kept.shift()
      }
      for (let i = 0; i < lengthOf(t); i++) {
        kept.push(rowAt(t, i))
        if (kept.length === 8) cut()
      }
      while (kept.length > 0) cut()
    },
  ),
  versus(
    'scan',
    million,
    (t) => rowsOf(t).scan(0, (sum, { data }) => [sum + data[1], sum]),
    (t, visit) => {
      const next = (sum: number, { data }: Row): [number, number] => [sum + data[1], sum]
      let sum = 0
      for (let i = 0; i < lengthOf(t); i++) {
        const [following, out] = next(sum, rowAt(t, i))
        sum = following
        visit(out)
      }
    },
  ),
  versus(
    'unique',
    million,
    (t) =>
      Dataset.range(lengthOf(t))
        .map((x) => (x * 7919) % 65_536)
        .unique(),
    (t, visit) => {
      const seen = new Set<number>()
      for (let i = 0; i < lengthOf(t); i++) {
        const value = (i * 7919) % 65_536
        if (seen.has(value)) continue
        seen.add(value)
        visit(value)
      }
    },
  ),
  versus(
    'rebatch(128 to 96)',
    million,
    (t) => batchesOf(t).rebatch(96),
    (t, visit) => {
      let missing = 96
      let joined: Float32Array | undefined
      for (let first = 0; first < lengthOf(t); first += 128) {
        const batch = t.slice(first, Math.min(lengthOf(t), first + 128))
        for (let at = 0; at < batch.shape[0];) {
          const taken = Math.min(missing, batch.shape[0] - at)
          const part = batch.data.subarray(at * width, (at + taken) * width)
          if (taken < 96) joined ??= new Float32Array(96 * width)
          joined?.set(part, (96 - missing) * width)
          at += taken
          missing -= taken
          if (missing > 0) continue
          visit(ndarray(joined ?? part, [96, width]))
          joined = undefined
          missing = 96
        }
      }
      if (joined !== undefined) visit(ndarray(joined.subarray(0, (96 - missing) * width), [96 - missing, width]))
    },
  ),
]

/** Views of 128 rows of the table. */
function batchesOf(table: NdArray<'float32', 2>): Dataset<NdArray<'float32', 2>> {
  const count = Math.ceil(lengthOf(table) / 128)
  return Dataset.range(count).map((i) => table.slice(i * 128, Math.min(lengthOf(table), (i + 1) * 128)))
}

function interleaved(table: NdArray<'float32', 2>, visit: (element: unknown) => void): void {
  const groups = lengthOf(table) / group
  const open: { part: NdArray<'float32', 2>; at: number }[] = []
  let next = 0
  while (next < Math.min(4, groups)) open.push({ part: table.slice(next * group, ++next * group), at: 0 })
  for (let turn = 0; open.length > 0; turn = (turn + 1) % Math.max(1, open.length)) {
    const place = open[turn]
    visit(rowAt(place.part, place.at++))
    if (place.at < group) continue
    if (next < groups) open[turn] = { part: table.slice(next * group, ++next * group), at: 0 }
    else open.splice(turn--, 1)
  }
}

/** B6: random numbers, beside the same generator in a loop. */
export const randomNumbers: Case = {
  name: 'operation random',
  element: 'number',
  open(quick) {
    const count = quick ? 300_000 : 3_000_000
    const sides: Side[] = [
      {
        name: 'millrace',
        run: async () => {
          await Dataset.random({ seed: 7 }).take(count).forEach(use)
          return count
        },
      },
      {
        name: 'plain loop',
        run: () => {
          const rng = new Rng({ a: 7, b: 0 })
          for (let i = 0; i < count; i++) use(rng.uint32())
          return count
        },
      },
    ]
    return Promise.resolve({ sides })
  },
}
