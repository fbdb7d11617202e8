import { describe, expectTypeOf, it } from 'vitest'
import { Dataset, type CachedDataset, type NdArray, type NumericDType, type Saved } from '../../src/index.ts'

const points = Dataset.range(3).map((x) => ({ x, name: `${x}` }))

describe('what keeps elements', () => {
  it('keeps their type', () => {
    expectTypeOf(points.cache()).toEqualTypeOf<CachedDataset<{ x: number; name: string }>>()
    expectTypeOf(points.cache('folder', { key: '1', compression: 'GZIP' }).take(1)).toEqualTypeOf<
      Dataset<{ x: number; name: string }>
    >()
    expectTypeOf(points.snapshot('folder', { shards: 2 })).toEqualTypeOf<CachedDataset<{ x: number; name: string }>>()
    expectTypeOf(points.cache().clear()).toEqualTypeOf<Promise<void>>()
  })

  it('takes the type that was saved', () => {
    expectTypeOf(points.save('folder', { shards: 2, shardFunc: ({ x }, index) => (x + index) % 2 })).toEqualTypeOf<
      Promise<Saved>
    >()
    expectTypeOf<ReturnType<typeof Dataset.load<bigint>>>().toEqualTypeOf<Dataset<bigint>>()
    expectTypeOf<ReturnType<typeof Dataset.load>>().toEqualTypeOf<Dataset<unknown>>()
    const load = () => Dataset.load<{ x: number }>('folder').batch(2)
    expectTypeOf(load).returns.toEqualTypeOf<Dataset<{ x: NdArray<NumericDType, 1> }>>()
  })

  it('refuses wrong options', () => {
    // @ts-expect-error there is no such compression
    points.cache('folder', { compression: 'ZIP' })
    // @ts-expect-error the function gets elements
    void points.save('folder', { shardFunc: (x: string) => x.length })
  })
})
