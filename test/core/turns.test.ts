import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { AGAIN, search } from '../../src/core/search.ts'
import { Turns, turnIfDue } from '../../src/core/turns.ts'

/** Counts with a clock that goes on by so much at each reading; gives what was counted before a turn was due, and the readings. */
async function count(turns: Turns, msAtReading: number) {
  await turn()
  // A whole number, of which sums are exact.
  let now = Math.ceil(performance.now())
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += msAtReading))
  let counted = 0
  let due: Promise<void> | undefined
  while (due === undefined && counted < 1e6) due = turns.due(++counted)
  const readings = clock.mock.calls.length
  clock.mockRestore()
  await due
  return { counted, readings, due: due !== undefined }
}

describe('Turns', () => {
  it('is due after a slice, with a reading of the clock a millisecond', async () => {
    expect(await count(new Turns(), 1)).toEqual({ counted: 1 + 8 * 10, readings: 11, due: true })
  })

  it('reads the clock seldom where elements are quick', async () => {
    const { counted, readings, due } = await count(new Turns(), 0.05)
    expect(due).toBe(true)
    expect(counted / readings).toBeGreaterThan(3500)
  })

  it('reads it with each element where they are slow', async () => {
    expect(await count(new Turns(), 1000)).toEqual({ counted: 9, readings: 2, due: true })
    const turns = new Turns()
    await count(turns, 1000)
    expect(turns.due(100)).toBeUndefined()
    expect(turns.due(100)).toBeUndefined()
  })

  it('is not due again before the loop has worked for another slice', async () => {
    await count(new Turns(), 1000)
    expect(new Turns().due(1)).toBeUndefined()
  })

  it('gives all that wait the same turn', async () => {
    await turn()
    let now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    const [a, b] = [new Turns(), new Turns()]
    expect([a.due(1), b.due(1)]).toEqual([undefined, undefined])
    now += 10
    const [first, second] = [a.due(9), b.due(9)]
    clock.mockRestore()
    expect(first).toBeInstanceOf(Promise)
    expect(second).toBe(first)
    await first
  })
})

describe('search', () => {
  it('is over at once where nothing must be waited for', () => {
    let steps = 0
    expect(search<string>(AGAIN, () => (++steps < 5 ? AGAIN : 'found'))).toBe('found')
    expect(steps).toBe(5)
  })

  it.each([
    ['a step', () => Promise.resolve<string | typeof AGAIN>(AGAIN)],
    ['the first', () => Promise.resolve<string | typeof AGAIN>('found')],
  ])('waits for %s', async (_name, step) => {
    expect(await search<string>(step(), () => 'found')).toBe('found')
  })

  it('goes on after a turn of the event loop', async () => {
    let turned = false
    const heard = turn().then(() => {
      turned = true
    })
    expect(await search<string>(AGAIN, () => (turned ? 'found' : AGAIN))).toBe('found')
    await heard
  })

  it('fails with a step', async () => {
    await expect(
      Promise.resolve(
        search<string>(Promise.resolve(AGAIN), () => {
          throw new Error('bad')
        }),
      ),
    ).rejects.toThrow('bad')
  })
})

it('turnIfDue keeps nothing alive, and is due where a loop asks for long', async () => {
  let due: Promise<void> | undefined
  while (due === undefined) due = turnIfDue()
  await due
})
