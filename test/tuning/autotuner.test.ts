import { describe, expect, it } from 'vitest'
import type { KnobRequest } from '../../src/core/tuner.ts'
import { Autotuner } from '../../src/tuning/autotuner.ts'

const calls: KnobRequest = { name: 'numParallelCalls', kind: 'calls', start: 4, least: 1, most: 64 }
const buffer: KnobRequest = { name: 'bufferSize', kind: 'buffer', start: 2, least: 1, most: 16 }

/** A tuner over a clock that the test moves. */
function tuner({
  mostBytes = Infinity,
  frozen = undefined as Record<string, Record<string, number>> | undefined,
} = {}) {
  const clock = { now: 0 }
  const sizeOf = (element: unknown) => element as number
  return { clock, tuner: new Autotuner({ now: () => clock.now, sizeOf, mostBytes, frozen }) }
}

/** Elements of a stage whose rate depends on the number of calls, in calls a millisecond. */
function feed(
  { clock, tuner: tunes }: ReturnType<typeof tuner>,
  {
    elements,
    rate,
    waits = true,
    size = 1,
  }: { elements: number; rate: (calls: number) => number; waits?: boolean; size?: number },
): number[] {
  const knob = tunes.knob('range.map', calls)
  const values = [knob.value]
  for (let i = 0; i < elements; i++) {
    clock.now += 1 / rate(knob.value)
    knob.took(size, waits, waits)
    if (values.at(-1) !== knob.value) values.push(knob.value)
  }
  return values
}

describe('calls in flight', () => {
  it('are doubled while more of them bring more elements', () => {
    expect(feed(tuner(), { elements: 20_000, rate: (n) => n })).toEqual([4, 8, 16, 32, 64])
  })

  it('go back where more bring nothing, and are tried again ever less often', () => {
    const values = feed(tuner(), { elements: 100_000, rate: (n) => Math.min(n, 16) })
    expect(values.slice(0, 5)).toEqual([4, 8, 16, 32, 16])
    expect(values.at(-1)).toBe(16)
    // Each try is two changes; without the rests there would be some 1,500.
    expect(values.length).toBeLessThan(60)
  })

  it('find a load that changes', () => {
    const run = tuner()
    feed(run, { elements: 20_000, rate: (n) => Math.min(n, 8) })
    expect(run.tuner.tuned()).toEqual({ 'range.map': { numParallelCalls: 8 } })
    feed(run, { elements: 50_000, rate: (n) => n })
    expect(run.tuner.tuned()).toEqual({ 'range.map': { numParallelCalls: 64 } })
  })

  it('stay where the consumer is what is slow', () => {
    expect(feed(tuner(), { elements: 20_000, rate: (n) => n, waits: false })).toEqual([4])
  })

  it('stay within the memory', () => {
    expect(feed(tuner({ mostBytes: 100 }), { elements: 20_000, rate: (n) => n, size: 6 })).toEqual([4, 8, 16])
  })
})

describe('a buffer', () => {
  it('doubles where it was full and ran empty, and not where it was never full', () => {
    const knob = tuner().tuner.knob('a.prefetch', buffer)
    for (let i = 0; i < 10; i++) knob.took(1, true, false)
    expect(knob.value).toBe(2)
    knob.took(1, false, true)
    knob.took(1, true, false)
    expect(knob.value).toBe(4)
    knob.took(1, true, false)
    expect(knob.value).toBe(4)
    for (let i = 0; i < 10; i++) knob.took(1, true, true)
    expect(knob.value).toBe(16)
  })

  it('stays within the memory', () => {
    const knob = tuner({ mostBytes: 9 }).tuner.knob('a.prefetch', buffer)
    for (let i = 0; i < 10; i++) knob.took(1, true, true)
    expect(knob.value).toBe(8)
  })
})

describe('a tuner', () => {
  it('has one knob for an operation, and for all inner datasets of one place', () => {
    const { tuner: tunes } = tuner()
    expect(tunes.knob('range.interleave[3] > range.map', calls)).toBe(
      tunes.knob('range.interleave[14] > range.map', calls),
    )
    expect(tunes.knob('range.map', calls)).not.toBe(tunes.knob('range.map.map', calls))
    expect(Object.keys(tunes.tuned())).toEqual(['range.interleave > range.map', 'range.map', 'range.map.map'])
  })

  it('leaves what is frozen, within what the operation takes', () => {
    const run = tuner({ frozen: { 'range.map': { numParallelCalls: 5 }, b: { bufferSize: 9000 } } })
    expect(feed(run, { elements: 20_000, rate: (n) => n })).toEqual([5])
    expect(run.tuner.knob('b', buffer).value).toBe(16)
    expect(run.tuner.knob('c', buffer).value).toBe(2)
  })
})
