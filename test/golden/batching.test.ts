import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { isNdArray, ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'
import { raggedRows, type Ragged } from '../../src/ndarray/ragged.ts'

/** A case of batching.py: TensorFlow's answer, or the class of its error. */
interface Case {
  readonly op: string
  readonly lengths: readonly number[]
  readonly args: readonly never[]
  readonly elements?: readonly unknown[]
  readonly error?: string
}

const cases = JSON.parse(readFileSync(new URL('./batching.json', import.meta.url), 'utf8')) as Case[]

const vectors = (lengths: readonly number[]) =>
  Dataset.fromGenerator(
    lengths.map((n) => ndarray(Int32Array.from({ length: n }, (_, i) => i))),
    { outputSignature: new TensorSpec([null], 'int32') },
  )

type Build = (lengths: readonly number[], ...args: never[]) => Dataset<unknown>
const builds: Readonly<Record<string, Build>> = {
  bucket: (
    lengths,
    bucketBoundaries: number[],
    bucketBatchSizes: number[],
    padToBucketBoundary: boolean,
    dropRemainder: boolean,
    padding: number | null,
  ) =>
    vectors(lengths).bucketBySequenceLength({
      elementLengthFunc: (x) => (x as NdArray).size,
      bucketBoundaries,
      bucketBatchSizes,
      padToBucketBoundary,
      dropRemainder,
      ...(padding === null ? {} : { paddingValues: padding }),
    }),
  group: (values, modulus: number, sizes: number[]) =>
    ofNumbers(values).groupByWindow({
      keyFunc: (x) => x % modulus,
      reduceFunc: (key, window) => window.batch(3).map((batch) => [key, batch] as const),
      windowSizeFunc: (key) => sizes[key],
    }),
  padded: (lengths, size: number, shape: number | null, value: number | null, dropRemainder: boolean) =>
    vectors(lengths).paddedBatch(size, {
      paddedShapes: [shape],
      ...(value === null ? {} : { paddingValues: value }),
      dropRemainder,
    }),
  ragged: (lengths, size: number, dropRemainder: boolean) => vectors(lengths).raggedBatch(size, { dropRemainder }),
}

const ofNumbers = (values: readonly number[]) =>
  Dataset.fromGenerator(values, { outputSignature: new TensorSpec([], 'int32') })

function plain(element: unknown): unknown {
  if (isNdArray(element)) return element.toArray()
  if (Array.isArray(element)) return element.map(plain)
  if (typeof element === 'object' && element !== null && 'rowSplits' in element) {
    return raggedRows(element as Ragged<NdArray>).map((row) => row.toArray())
  }
  return element
}

/** Where millrace names an error in another way: an assertion in a function that TensorFlow wraps. */
const errors: Readonly<Record<string, string>> = { InternalError: 'InvalidArgumentError' }

describe('as TensorFlow', () => {
  const titled = cases
    .filter(({ op }) => op in builds)
    .map((one) => [`${one.op} ${JSON.stringify(one.args)} of ${JSON.stringify(one.lengths)}`, one] as const)

  it.each(titled)('%s', async (_title, { op, lengths, args, elements, error }) => {
    const made = builds[op](lengths, ...args)
      .toArray()
      .then(
        (all) => ({ elements: all.map(plain) }),
        (thrown: unknown) => ({ error: (thrown as Error).name }),
      )
    expect(await made).toEqual(elements === undefined ? { error: errors[error ?? ''] ?? error } : { elements })
  })
})
