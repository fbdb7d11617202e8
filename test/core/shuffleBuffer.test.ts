import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShuffleBuffer } from '../../src/core/shuffleBuffer.ts'

describe('ShuffleBuffer', () => {
  it.each([0, 1, 3, 1000, Infinity])('holds what a plain list holds, made for %s elements', (expected) => {
    const steps = fc.array(fc.oneof(fc.constant('add'), fc.nat({ max: 1000 })), { maxLength: 300 })
    fc.assert(
      fc.property(steps, (moves) => {
        const buffer = new ShuffleBuffer<string>(expected)
        const list: { element: string; origin: number }[] = []
        for (const [read, move] of moves.entries()) {
          if (move === 'add') {
            buffer.add(`element ${read}`, read)
            list.push({ element: `element ${read}`, origin: read })
          } else if (list.length > 0) {
            const slot = move % list.length
            buffer.remove(slot)
            const last = list.pop()
            if (last !== undefined && slot < list.length) list[slot] = last
          }
          expect(buffer.size).toBe(list.length)
        }
        for (const [slot, { element, origin }] of list.entries()) {
          expect(buffer.elementAt(slot)).toBe(element)
          expect(buffer.originAt(slot)).toBe(origin)
        }
      }),
    )
  })

  it('is filled in any order where a state is restored', () => {
    const buffer = new ShuffleBuffer<string>(2)
    for (const slot of [99, 3, 0]) buffer.put(slot, `in ${slot}`, slot * 10)
    buffer.resize(100)
    expect(buffer.size).toBe(100)
    expect([buffer.elementAt(99), buffer.originAt(99)]).toEqual(['in 99', 990])
    expect([buffer.elementAt(3), buffer.originAt(3)]).toEqual(['in 3', 30])
  })
})
