import { describe, expect, it } from 'vitest'
import { fuzzExamples } from './examples.ts'
import { fuzzFrames } from './frames.ts'
import { Outcomes } from './outcomes.ts'

const inputs = 10_000

describe('mutated inputs', () => {
  it('make the reader of frames give records that were written, or DataLossError', async () => {
    const outcomes = new Outcomes()
    await fuzzFrames(inputs, 7, outcomes)
    expect([...outcomes.counts.keys()].sort()).toEqual(['DataLossError', 'read to its end'])
  })

  it('make the parsers of Examples give values, or InvalidArgumentError', () => {
    const outcomes = new Outcomes()
    fuzzExamples(inputs, 7, outcomes)
    expect(outcomes.counts.size).toBe(2 * 5)
  })
})
