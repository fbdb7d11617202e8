import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { END } from '../../src/core/cursor.ts'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { open } from '../contract/run.ts'

/** Values, and how often they are repeated; -1 is for ever. */
type Given = readonly [values: readonly number[], times: number]

/** A case of sampling.py: TensorFlow's answer to the same pipeline. */
interface Case {
  readonly inputs: readonly Given[]
  readonly choices: Given
  readonly stop: boolean
  /** The first twelve at most. */
  readonly elements: readonly number[]
  readonly failsAfter: number | null
}

const cases = JSON.parse(readFileSync(new URL('./sampling.json', import.meta.url), 'utf8')) as Case[]

/** A case of resampling: TensorFlow's answer where chance decides nothing. */
interface Resampled {
  readonly length: number
  readonly initial: readonly number[]
  readonly target: readonly number[]
  readonly elements: readonly unknown[]
}

const resampled = JSON.parse(readFileSync(new URL('./resampling.json', import.meta.url), 'utf8')) as Resampled[]
const dataset = ([values, times]: Given) => Dataset.fromTensorSlices(Int32Array.from(values)).repeat(times)

describe('choices as TensorFlow makes them', () => {
  it.each(cases.map((one) => [JSON.stringify([one.inputs, one.choices, one.stop]), one] as const))(
    '%s',
    async (_title, { inputs, choices, stop, elements, failsAfter }) => {
      const chosen = Dataset.chooseFromDatasets(inputs.map(dataset), dataset(choices), { stopOnEmptyDataset: stop })
      expect(await outcome(chosen.take(12), choices[1] === -1)).toEqual({ elements, failsAfter })
    },
  )
})

describe('resampling as TensorFlow does it', () => {
  it.each(resampled)('of $length from $initial to $target', async ({ length, initial, target, elements }) => {
    const options = { classFunc: (x: number) => x % 2, targetDist: target, initialDist: initial }
    expect(await Dataset.range(length).rejectionResample(options).toArray()).toEqual(elements)
  })
})

/** The elements, and how many came before the first failure: of an endless choice, nothing after it. */
async function outcome(chosen: Dataset<number>, endless: boolean) {
  const elements: number[] = []
  let failsAfter: number | null = null
  const cursor = open(chosen.node)
  while (failsAfter === null || !endless) {
    try {
      const element = await cursor.next()
      if (element === END) break
      elements.push(element)
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidArgumentError)
      failsAfter ??= elements.length
    }
  }
  await cursor.close()
  return { elements, failsAfter }
}
