import { describe, expect, it } from 'vitest'
import { measure, type Side } from '../../bench/measure.ts'

/** A side that says its amounts, one a call, and writes down that it was called. */
function saying(name: string, amounts: readonly number[], calls: string[]): Side {
  let call = 0
  return {
    name,
    run: () => {
      calls.push(name)
      return { elements: 2, amount: amounts[call++ % amounts.length] }
    },
  }
}

describe('measure', () => {
  it('lets the sides take turns, the first round being the one that warms up', async () => {
    const calls: string[] = []
    await measure([saying('ours', [1], calls), saying('peer', [1], calls)], { rounds: 2, warmUp: true, leastMs: 0 })
    expect(calls).toEqual(['ours', 'peer', 'ours', 'peer', 'ours', 'peer'])
  })

  it('counts the first round where nothing is to warm up', async () => {
    const [{ median }] = await measure([saying('ours', [8, 2], [])], { rounds: 1, warmUp: false, leastMs: 0 })
    expect(median).toBe(4)
  })

  it('gives median, least and most an element, and the median of the ratios of each round', async () => {
    const ours = saying('ours', [1000, 2, 4, 20], [])
    const peer = saying('peer', [1000, 8, 8, 60], [])
    expect(await measure([ours, peer], { rounds: 3, warmUp: true, leastMs: 0 })).toEqual([
      { name: 'ours', median: 2, least: 1, most: 10, ratio: 1 },
      { name: 'peer', median: 4, least: 4, most: 30, ratio: 3 },
    ])
  })

  it('runs a side once more without the clock where it is repeated', async () => {
    const calls: string[] = []
    await measure([saying('ours', [1], calls)], { rounds: 1, warmUp: false, leastMs: Number.MIN_VALUE })
    expect(calls.length).toBeGreaterThanOrEqual(2)
  })

  it('times the whole call where a side gives elements alone', async () => {
    const [{ median }] = await measure([{ name: 'ours', run: () => Promise.resolve(5) }], {
      rounds: 1,
      warmUp: false,
      leastMs: 0,
    })
    expect(median).toBeGreaterThan(0)
  })

  it('keeps the series of the last round', async () => {
    let round = 0
    const run = () => ({ elements: 1, amount: 1, series: [round++] })
    const [{ series }] = await measure([{ name: 'memory', run }], { rounds: 2, warmUp: true, leastMs: 0 })
    expect(series).toEqual([2])
  })
})
