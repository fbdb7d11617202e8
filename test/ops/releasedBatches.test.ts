import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Dataset, ndarray, release, type NdArray } from '../../src/index.ts'
import { encodeExample, FixedLenFeature, parseBatch } from '../../src/tfrecord/index.ts'

/** Batches that are given back leave their memory to later ones: nobody may see it while the batch is not given back. */

const rows = 64
const size = 1024
const image = ndarray(
  Int32Array.from({ length: rows * size }, (_, i) => i),
  [rows, size],
)

type Batches = Dataset<{ image: NdArray<'int32'> }>

/** Rows of one number each time, from every stage that makes batches. */
const pipelines: Readonly<Record<string, (batchSize: number) => Batches>> = {
  'rows gathered': (batchSize) => Dataset.fromTensorSlices({ image }).shuffle(rows, { seed: 1 }).batch(batchSize),
  'rows stacked': (batchSize) =>
    Dataset.fromTensorSlices({ image })
      .filter(() => true)
      .batch(batchSize),
  'a map and a batch': (batchSize) =>
    Dataset.range(rows)
      .map((i) => ({ image: image.row(i) as NdArray<'int32'> }))
      .batch(batchSize),
  'Examples parsed': (batchSize) =>
    Dataset.range(rows)
      .map((i) => encodeExample({ image: [...(image.row(i) as NdArray<'int32'>).data] }))
      .pipe(parseBatch(batchSize, { image: FixedLenFeature([size], 'int32') })),
  'read ahead': (batchSize) => Dataset.fromTensorSlices({ image }).batch(batchSize).prefetch(3),
}

const firstColumn = ({ image: { data, shape } }: { image: NdArray<'int32'> }): number[] =>
  Array.from({ length: shape[0] }, (_, row) => data[row * size] / size)

describe.each(Object.entries(pipelines))('batches of %s', (_name, make) => {
  it('keep their values until they are released, whichever of the others are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: 20 }), fc.infiniteStream(fc.boolean()), async (batchSize, coin) => {
        const expected = (await make(batchSize).toArray()).map(firstColumn)
        const kept: { image: NdArray<'int32'> }[] = []
        const seen: number[][] = []
        for await (const batch of make(batchSize)) {
          seen.push(firstColumn(batch))
          if (coin.next().value === true) release(batch)
          else kept.push(batch)
        }
        expect(seen).toEqual(expected)
        for (const batch of kept) expect(expected).toContainEqual(firstColumn(batch))
      }),
      { numRuns: 20 },
    )
  })

  it('use the memory of those that were released', async () => {
    const buffers = new Set<unknown>()
    await make(4).forEach((batch) => {
      buffers.add(batch.image.data.buffer)
      release(batch)
    })
    expect(buffers.size).toBeLessThan(8)
  })
})

describe('batches that somebody keeps', () => {
  const batches = Dataset.fromTensorSlices({ image }).batch(16)

  it('stay whole where they come from an array, though each pass releases them', async () => {
    const kept = await batches.toArray()
    const again = Dataset.fromGenerator(kept)
    for (let pass = 0; pass < 2; pass++) await again.forEach(release)
    expect(kept.map(firstColumn).flat()).toHaveLength(rows)
  })

  it('stay whole as the one element of a dataset', async () => {
    const [first] = await batches.toArray()
    const one = Dataset.fromTensors(first)
    for (let pass = 0; pass < 2; pass++) await one.forEach(release)
    expect(firstColumn(first)).toHaveLength(16)
  })

  it('stay whole in a cache', async () => {
    const cached = batches.cache()
    const passes: number[][][] = []
    for (let pass = 0; pass < 3; pass++) {
      const seen: number[][] = []
      await cached.forEach((batch) => {
        seen.push(firstColumn(batch))
        release(batch)
      })
      passes.push(seen)
    }
    expect(passes[1]).toEqual(passes[0])
    expect(passes[2]).toEqual(passes[0])
  })

  it('stay whole in the windows that hold them, which may be read again', async () => {
    for await (const { image: images } of batches.window(2)) {
      const seen = (await images.toArray()).map((part) => part.data[0])
      await images.forEach(release)
      expect((await images.toArray()).map((part) => part.data[0])).toEqual(seen)
    }
  })
})
