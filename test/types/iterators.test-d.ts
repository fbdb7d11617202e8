import { describe, expectTypeOf, it } from 'vitest'
import { AUTOTUNE, Dataset, ReinitializableIterator, TensorSpec, type Tuning } from '../../src/index.ts'

const points = Dataset.range(3).map((x) => ({ x, name: `${x}` }))

describe('iterators', () => {
  it('give the elements of their dataset', () => {
    expectTypeOf(Dataset.range(3).makeOneShotIterator().getNext()).toEqualTypeOf<Promise<number>>()
    expectTypeOf(points.iterator().getNext()).toEqualTypeOf<Promise<{ x: number; name: string }>>()
    const iterator = ReinitializableIterator.fromStructure(points)
    expectTypeOf(iterator.getNext()).toEqualTypeOf<Promise<{ x: number; name: string }>>()
    const named = ReinitializableIterator.fromStructure<bigint>(new TensorSpec([], 'int64'))
    expectTypeOf(named.getNext()).toEqualTypeOf<Promise<bigint>>()
  })

  it('take the numbers that another one tuned', () => {
    const tunable = Dataset.range(3)
      .map((x) => x, { numParallelCalls: AUTOTUNE })
      .prefetch(AUTOTUNE)
    expectTypeOf(tunable.iterator().tuned()).toEqualTypeOf<Tuning>()
    expectTypeOf(tunable.iterator({ tuning: tunable.iterator().tuned() }).getNext()).toEqualTypeOf<Promise<number>>()
    expectTypeOf(tunable.withOptions({ autotune: tunable.iterator().tuned() })).toEqualTypeOf<Dataset<number>>()
    void tunable.iterator({
      watchdogMs: 1000,
      onStall: ({ stages }) => expectTypeOf(stages[0].path).toEqualTypeOf<string>(),
    })
  })

  it('refuse a dataset of another structure', () => {
    const iterator = ReinitializableIterator.fromStructure(points)
    void iterator.initialize(points.take(1))
    // @ts-expect-error the elements are numbers
    void iterator.initialize(Dataset.range(3))
  })
})
