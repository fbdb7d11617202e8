import { expectTypeOf, it } from 'vitest'
import { Dataset } from '../../src/index.ts'

const points = Dataset.fromGenerator([{ id: 'a', x: 1 }])

it('split names its parts', () => {
  expectTypeOf(points.split({ train: 0.8, test: 0.2 })).toEqualTypeOf<{
    train: Dataset<{ id: string; x: number }>
    test: Dataset<{ id: string; x: number }>
  }>()
  expectTypeOf(points.split({ train: 1 } as const, { seed: 1, key: ({ id }) => id }).train).toEqualTypeOf(points)
  const named: Record<string, number> = { all: 1 }
  expectTypeOf(points.split(named)).toEqualTypeOf<Record<string, typeof points>>()
})

it('split refuses what it would refuse as it runs', () => {
  // @ts-expect-error a fraction is a number
  points.split({ train: '0.8' })
  // @ts-expect-error a key is a scalar
  points.split({ train: 0.8 }, { key: (point) => point })
  // @ts-expect-error a key is there at once
  points.split({ train: 0.8 }, { key: ({ id }) => Promise.resolve(id) })
})
