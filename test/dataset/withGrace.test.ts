import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withGrace } from '../../src/dataset/withGrace.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('withGrace', () => {
  it('waits for what is over in time, and keeps no timer', async () => {
    await withGrace(Promise.resolve())
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells of a failure', async () => {
    await expect(withGrace(Promise.reject(new Error('bad')))).rejects.toThrow('bad')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves what is never over', async () => {
    let over = false
    const waiting = withGrace(new Promise(() => undefined)).then(() => {
      over = true
    })
    await vi.advanceTimersByTimeAsync(2999)
    expect(over).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await waiting
  })
})
