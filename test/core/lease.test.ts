import { describe, expect, it, vi } from 'vitest'
import { isLent, keep, lend, release } from '../../src/core/lease.ts'

describe('a lease', () => {
  it('is given back once, by the element that was lent', () => {
    const element = { x: 1 }
    const giveBack = vi.fn()
    lend(element, giveBack)
    release({ x: 1 })
    release(element.x)
    expect(giveBack).not.toHaveBeenCalled()
    release(element)
    release(element)
    expect(giveBack).toHaveBeenCalledTimes(1)
  })

  it('may be lent anew, also while it is given back', () => {
    const element = {}
    const second = vi.fn()
    lend(element, () => lend(element, second))
    release(element)
    expect(second).not.toHaveBeenCalled()
    release(element)
    expect(second).toHaveBeenCalledTimes(1)
  })

  it('is over for one that is kept', () => {
    const element = {}
    const giveBack = vi.fn()
    lend(element, giveBack)
    keep(element)
    expect(isLent(element)).toBe(false)
    release(element)
    expect(giveBack).not.toHaveBeenCalled()
  })

  it.each([undefined, null, 5, 'text', Symbol('s')])('does nothing for %s', (value) => {
    expect(() => release(value)).not.toThrow()
  })
})
