import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { isNdArray } from '../../src/ndarray/ndarray.ts'

/** A case of generate.py: TensorFlow's answer to the same pipeline. */
interface Case {
  readonly source: [number, number?, number?]
  readonly steps: readonly (readonly [name: string, ...args: (string | number | boolean)[]])[]
  /** The first ten at most. */
  readonly elements: readonly unknown[]
  /** -1 stands for infinite, -2 for unknown. */
  readonly cardinality: number
  readonly sum?: number
}

const cases = JSON.parse(readFileSync(new URL('./sequences.json', import.meta.url), 'utf8')) as Case[]

/** What the numbers that are none stand for. */
const cardinalities: Readonly<Record<number, number | undefined>> = { [-1]: Infinity, [-2]: undefined }

/**
 * Where millrace says another cardinality on purpose: what is made of nothing is empty, taking all takes all, skipping
 * all leaves nothing; and an endless repeat of what may be empty is not called endless, for it ends if it is.
 */
const differences: Readonly<Record<string, number | undefined>> = {
  'range(0), take -2': 0,
  'range(1), take -2': 1,
  'range(5), take -2': 5,
  'range(0), filter none': 0,
  'range(0), filter odd': 0,
  'range(0), filter all': 0,
  'range(0), zipUnknown 0': 0,
  'range(1), zipUnknown 0': 0,
  'range(5), zipUnknown 0': 0,
  'range(0), zipUnknown 3': 0,
  'range(0), batch 2 false, unbatch': 0,
  'range(5), filter odd, skip -2': 0,
  'range(5), filter odd, skip -1': 0,
  'range(5), filter odd, zip 0': 0,
  'range(5), filter odd, zipNested 0': 0,
  'range(5), filter odd, zipUnknown 0': 0,
  'range(5), filter odd, repeat -2': undefined,
  'range(5), filter odd, repeat -1': undefined,
  'range(5), repeat -1, take -2': Infinity,
  'range(5), repeat -1, zipUnknown 0': 0,
}

const predicates: Readonly<Record<string, (x: number) => boolean>> = {
  none: () => false,
  odd: (x) => x % 2 === 1,
  all: () => true,
}
const unknown = (length: number) => Dataset.range(length).filter(() => true)
const endless = () => Dataset.range(1).repeat()

type Build = (dataset: Dataset<never>, ...args: never[]) => Dataset<unknown>
const builds: Readonly<Record<string, Build>> = {
  batch: (d, size: number, dropRemainder: boolean) => d.batch(size, { dropRemainder }),
  concatenate: (d, length: number) => d.concatenate(Dataset.range(100, 100 + length)),
  concatenateEndless: (d) => d.concatenate(endless()),
  concatenateUnknown: (d) => d.concatenate(unknown(2)),
  enumerate: (d, start: number) => d.enumerate(start),
  filter: (d, name: string) => d.filter(predicates[name]),
  map: (d) => d.map((x) => x * 2),
  prefetch: (d, size: number) => d.prefetch(size),
  repeat: (d, count: number) => d.repeat(count),
  skip: (d, count: number) => d.skip(count),
  take: (d, count: number) => d.take(count),
  unbatch: (d) => d.unbatch(),
  zip: (d, length: number) => Dataset.zip([d, Dataset.range(length)]),
  zipAlone: (d) => Dataset.zip(d),
  zipEndless: (d) => Dataset.zip([d, endless()]),
  zipNested: (d, length: number) =>
    Dataset.zip({ b: d, a: [Dataset.range(length), { c: d.map((x) => x * 2), none: [] }] }),
  zipUnknown: (d, length: number) => Dataset.zip([d, unknown(length)]),
}

function build({ source, steps }: Case): Dataset<unknown> {
  return steps.reduce<Dataset<unknown>>(
    (dataset, [name, ...args]) => builds[name](dataset as Dataset<never>, ...(args as never[])),
    Dataset.range(...source),
  )
}

function plain(element: unknown): unknown {
  if (isNdArray(element)) return element.toArray()
  return Array.isArray(element) ? element.map(plain) : element
}

const title = ({ source, steps }: Case) =>
  [`range(${source.join(', ')})`, ...steps.map((step) => step.join(' '))].join(', ')

describe('as TensorFlow', () => {
  it.each(cases.map((one) => [title(one), one] as const))('%s', async (_title, one) => {
    const dataset = build(one)
    expect((await dataset.take(10).toArray()).map(plain)).toEqual(one.elements)
    const theirs = one.cardinality in cardinalities ? cardinalities[one.cardinality] : one.cardinality
    expect(dataset.cardinality()).toBe(title(one) in differences ? differences[title(one)] : theirs)
    if (one.sum !== undefined) {
      expect(await dataset.reduce(0, (total, x) => total + (x as number))).toBe(one.sum)
    }
  })
})
