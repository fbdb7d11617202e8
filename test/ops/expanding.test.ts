import { describe, expect, it } from 'vitest'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { plain } from '../contract/run.ts'

const range = (...bounds: Parameters<typeof Dataset.range>) => Dataset.range(...bounds)
const none = Dataset.range(0)
const unknown = (length: number) => range(length).filter(() => true)
const int32 = (...values: number[]) => ({ dtype: 'int32', shape: [values.length], values })

/** A dataset, what it gives (the first few elements of an endless one), and its cardinality. */
type Row = readonly [what: string, dataset: Dataset<unknown>, elements: readonly unknown[], cardinality?: number]

const rows: Readonly<Record<string, readonly Row[]>> = {
  flatMap: [
    ['nothing', none.flatMap((x) => range(x)), [], 0],
    ['one', range(1).flatMap(() => range(2)), [0, 1]],
    ['to nothing', range(3).flatMap(() => none), []],
    [
      'an endless input',
      range(Infinity)
        .flatMap((x) => range(x))
        .take(4),
      [0, 0, 1, 0],
    ],
    [
      'to an endless dataset',
      range(3)
        .flatMap(() => range(Infinity))
        .take(2),
      [0, 1],
    ],
    [
      'with the last ones skipped',
      range(5)
        .flatMap((x) => range(x))
        .skip(8),
      [2, 3],
    ],
    ['of flatMaps', range(3).flatMap((x) => range(x).flatMap((y) => range(y + 1))), [0, 0, 0, 1]],
    [
      'by index and epoch',
      range(5, 6)
        .flatMap((_, { index, epoch }) => range(index + epoch + 1))
        .repeat(2),
      [0, 0, 1],
    ],
    [
      'by random numbers',
      range(3)
        .flatMap((_, { rng }) => range(rng.integer(3)))
        .withOptions({ seed: 2 }),
      [0, 1, 0, 1],
    ],
    [
      'to datasets with random numbers',
      range(2).flatMap(() => Dataset.random().take(2)),
      [3645597986, 1322456363, 1999098582, 3693606378],
    ],
    [
      'with a spec, in a batch',
      range(3)
        .flatMap((x) => range(x), { outputSignature: new TensorSpec([], 'int32') })
        .batch(9),
      [{ dtype: 'int32', shape: [3], values: [0, 0, 1] }],
    ],
  ],
  interleave: [
    ['nothing', none.interleave((x) => range(x)), [], 0],
    ['one', range(1).interleave(() => range(2)), [0, 1]],
    ['one, in a cycle of very many', range(1).interleave(() => range(2), { cycleLength: 2 ** 40 }), [0, 1]],
    ['to nothing', range(3).interleave(() => none, { cycleLength: 2 }), []],
    ['to nothing, in parallel', range(3).interleave(() => none, { cycleLength: 2, numParallelCalls: 2 }), []],
    [
      'an endless input',
      range(Infinity)
        .interleave((x) => range(x), { cycleLength: 3 })
        .take(5),
      [0, 0, 0, 1, 1],
    ],
    [
      'to endless datasets',
      range(Infinity)
        .interleave(() => range(Infinity), { cycleLength: 2 })
        .take(3),
      [0, 0, 1],
    ],
    [
      'with the last ones skipped',
      range(4)
        .interleave((x) => range(x), { cycleLength: 2, blockLength: 2 })
        .skip(4),
      [1, 2],
    ],
  ],
  slidingBatch: [
    ['of nothing', none.slidingBatch(3), [], 0],
    ['of one', range(1).slidingBatch(3), [int32(0)], 1],
    ['of one, whole', range(1).slidingBatch(3, { dropRemainder: true }), [], 0],
    ['of an exact multiple', range(4).slidingBatch(2), [int32(0, 1), int32(2, 3)], 2],
    ['of one short', range(3).slidingBatch(2), [int32(0, 1), int32(2)], 2],
    ['of one short, whole', range(3).slidingBatch(2, { dropRemainder: true }), [int32(0, 1)], 1],
    ['that overlap', range(4).slidingBatch(2, { shift: 1 }), [int32(0, 1), int32(1, 2), int32(2, 3), int32(3)], 4],
    ['with gaps', range(9).slidingBatch(2, { shift: 4, stride: 2 }), [int32(0, 2), int32(4, 6), int32(8)], 3],
    ['of an endless input', range(1).repeat().slidingBatch(2, { shift: 1 }), [int32(0, 0), int32(0, 0)], Infinity],
    ['of an unknown number', unknown(3).slidingBatch(2), [int32(0, 1), int32(2)]],
    ['with windows skipped', range(9).slidingBatch(3, { shift: 2 }).skip(3), [int32(6, 7, 8), int32(8)], 2],
    [
      'with whole windows skipped',
      unknown(9).slidingBatch(3, { shift: 2, dropRemainder: true }).skip(3),
      [int32(6, 7, 8)],
    ],
    ['with more skipped than there are', unknown(9).slidingBatch(3, { dropRemainder: true }).skip(4), []],
  ],
  window: [
    ['of nothing', none.window(3), [], 0],
    [
      'whose lengths are known',
      range(7)
        .window(3)
        .map((window) => window.cardinality()),
      [3, 3, 1],
      3,
    ],
    [
      'that are batched',
      range(3)
        .window(2)
        .flatMap((window) => window.batch(2)),
      [int32(0, 1), int32(2)],
    ],
    [
      'of windows',
      range(4)
        .window(2)
        .window(2)
        .flatMap((window) => window.flatMap((inner) => inner)),
      [0, 1, 2, 3],
    ],
    [
      'of tuples',
      range(3)
        .enumerate(5)
        .window(2)
        .flatMap(([index, x]) => Dataset.zip({ index: index.batch(2), x: x.batch(2) })),
      [
        { index: int32(5, 6), x: int32(0, 1) },
        { index: int32(7), x: int32(2) },
      ],
    ],
    [
      'that are read twice',
      range(2)
        .window(2)
        .flatMap((window) => window.repeat(2)),
      [0, 1, 0, 1],
    ],
    [
      'of an endless input',
      range(Infinity)
        .window(2)
        .flatMap((window) => window)
        .take(3),
      [0, 1, 2],
    ],
  ],
}

describe.each(Object.entries(rows))('%s', (_operation, table) => {
  const named = table.map(([what, dataset, elements, cardinality]) => ({ what, dataset, elements, cardinality }))

  it.each(named)('$what', async ({ dataset, elements, cardinality }) => {
    expect(dataset.cardinality()).toBe(cardinality)
    const finite = cardinality === Infinity ? dataset.take(elements.length) : dataset
    expect((await finite.toArray()).map(plain)).toEqual(elements)
  })
})
