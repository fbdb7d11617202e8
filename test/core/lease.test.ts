import { describe, expect, it, vi } from 'vitest'
import { endLease, isLent, keep, keepLast, lend, lendUntilNext, release } from '../../src/core/lease.ts'

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

describe('a lease until the next', () => {
  const owner = () => ({ takeBack: vi.fn(), leave: vi.fn() })

  it('is given back once, by the element that was lent', () => {
    const lender = owner()
    const element = {}
    lendUntilNext(element, lender)
    expect(isLent(element)).toBe(true)
    release({})
    expect(lender.takeBack).not.toHaveBeenCalled()
    release(element)
    release(element)
    expect(lender.takeBack.mock.calls).toEqual([[element]])
    expect(lender.leave).not.toHaveBeenCalled()
    expect(isLent(element)).toBe(false)
  })

  it.each<readonly [how: string, end: (element: object, lender: ReturnType<typeof owner>) => void]>([
    ['the next one is lent, by whomever', () => lendUntilNext({}, owner())],
    ['it is kept', (element) => keep(element)],
    ['it alone is kept', (element) => keepLast(element)],
    ['its lender says so', (_, lender) => endLease(lender)],
  ])('is over once %s', (_, end) => {
    const lender = owner()
    const element = {}
    lendUntilNext(element, lender)
    end(element, lender)
    release(element)
    expect(lender.leave).toHaveBeenCalledTimes(1)
    expect(lender.takeBack).not.toHaveBeenCalled()
  })

  it('does not end with what another lender says, or with another element', () => {
    const lender = owner()
    const element = {}
    lendUntilNext(element, lender)
    endLease(owner())
    keepLast({})
    keepLast(undefined)
    expect(lender.leave).not.toHaveBeenCalled()
    release(element)
    expect(lender.takeBack).toHaveBeenCalledTimes(1)
  })

  it('leaves those alone that are lent by themselves', () => {
    const element = {}
    const giveBack = vi.fn()
    lend(element, giveBack)
    keepLast(element)
    lendUntilNext({}, owner())
    release(element)
    expect(giveBack).toHaveBeenCalledTimes(1)
  })
})
