import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { freshFolder } from '../contract/freshFolder.ts'

/** A case of cache.py: TensorFlow's answer to the same passes. */
interface Case {
  readonly kind: keyof typeof kinds
  readonly length: number
  readonly passes: readonly {
    readonly pass: keyof typeof passes
    readonly elements: number[]
    readonly calls: number
  }[]
}

const kinds = {
  saved,
  memory: (dataset: Dataset<number>) => dataset.cache(),
  disk: (dataset: Dataset<number>) => dataset.cache(freshFolder()),
  snapshot: (dataset: Dataset<number>) => dataset.snapshot(freshFolder()),
}

async function saved(dataset: Dataset<number>): Promise<Dataset<number>> {
  return Dataset.load((await dataset.save(freshFolder())).path)
}

const passes = {
  all: (kept: Dataset<number>) => kept,
  'take 0': (kept: Dataset<number>) => kept.take(0),
  'take 2': (kept: Dataset<number>) => kept.take(2),
  'take 4': (kept: Dataset<number>) => kept.take(4),
  'skip 2': (kept: Dataset<number>) => kept.skip(2),
  'repeat 3': (kept: Dataset<number>) => kept.repeat(3),
  twice: (kept: Dataset<number>) => kept.concatenate(kept),
  zip: (kept: Dataset<number>) => Dataset.zip([kept, kept]).map(([a, b]) => a + b),
}

const cases = JSON.parse(readFileSync(new URL('./cache.json', import.meta.url), 'utf8')) as Case[]
const title = ({ kind, length, passes: names }: Case) =>
  `${kind} of ${length}: ${names.map((one) => one.pass).join(', ')}`

describe('as TensorFlow', () => {
  it.each(cases.map((one) => [title(one), one] as const))('%s', async (_title, one) => {
    let calls = 0
    const source = Dataset.range(one.length).map((x) => {
      calls++
      return x * 10
    })
    const kept = await kinds[one.kind](source)
    for (const { pass, elements, calls: theirs } of one.passes) {
      expect(await passes[pass](kept).toArray()).toEqual(elements)
      expect(calls).toBe(theirs)
    }
  })
})
