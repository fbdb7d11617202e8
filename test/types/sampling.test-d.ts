import { describe, expectTypeOf, it } from 'vitest'
import { Dataset } from '../../src/index.ts'

const numbers = Dataset.range(3)
const strings = Dataset.fromTensorSlices(['a'])

describe('samples and choices', () => {
  it('give what any of the datasets gives', () => {
    expectTypeOf(Dataset.sampleFromDatasets([numbers, strings])).toEqualTypeOf<Dataset<number | string>>()
    expectTypeOf(Dataset.sampleFromDatasets([numbers, numbers], { weights: [1, 2] })).toEqualTypeOf<Dataset<number>>()
    expectTypeOf(Dataset.chooseFromDatasets([strings, numbers], numbers)).toEqualTypeOf<Dataset<number | string>>()
    expectTypeOf(Dataset.sampleFromDatasets([numbers].slice())).toEqualTypeOf<Dataset<number>>()
  })

  it('take weights as numbers, or as a dataset of lists', () => {
    Dataset.sampleFromDatasets([numbers], { weights: Dataset.fromTensorSlices([[1]]) })
    Dataset.sampleFromDatasets([numbers], { weights: Dataset.fromGenerator([[1]]) })
    // @ts-expect-error strings are no weights
    Dataset.sampleFromDatasets([numbers], { weights: ['1'] })
    // @ts-expect-error numbers are no lists
    Dataset.sampleFromDatasets([numbers], { weights: numbers })
    // @ts-expect-error strings are no choices
    Dataset.chooseFromDatasets([numbers], strings)
  })

  it('resample to pairs, and balance to the elements', () => {
    const classFunc = (x: string) => x.length
    expectTypeOf(strings.rejectionResample({ classFunc, targetDist: [1] })).toEqualTypeOf<Dataset<[number, string]>>()
    expectTypeOf(strings.balance({ classFunc })).toEqualTypeOf<Dataset<string>>()
    // @ts-expect-error the function is of strings
    numbers.balance({ classFunc })
    // @ts-expect-error a target is needed
    strings.rejectionResample({ classFunc })
  })
})
