import { describe, expectTypeOf, it } from 'vitest'
import { Dataset, SkippedReport } from '../../src/index.ts'

describe('ignoreErrors', () => {
  it('keeps the type of the elements', () => {
    const report = new SkippedReport()
    expectTypeOf(Dataset.range(3).ignoreErrors({ report })).toEqualTypeOf<Dataset<number>>()
    // @ts-expect-error there is no such option
    Dataset.range(3).ignoreErrors({ logWarning: true })
  })
})
