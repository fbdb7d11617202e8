import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyBytes } from '../../src/core/copyBytes.ts'

/** Lengths about the one from which on shared memory is copied in another way. */
const lengths = fc.constantFrom(0, 1, 4095, 4096, 4097, 20_000)
const buffers = [ArrayBuffer, SharedArrayBuffer] as const

describe('copyBytes', () => {
  it.each(buffers.flatMap((from) => buffers.map((to) => [from, to] as const)))(
    'copies from %o to %o what set() would, and nothing beside it',
    (From, To) => {
      fc.assert(
        fc.property(lengths, fc.nat({ max: 9 }), fc.nat({ max: 9 }), (length, before, after) => {
          const source = new Uint8Array(new From(length + 5), 3, length).map((_, i) => 1 + (i % 255))
          const held = new Uint8Array(new From(length + 5), 3, length)
          held.set(source)
          const whole = new Uint8Array(new To(before + length + after))
          copyBytes(whole.subarray(before, before + length), held)
          const expected = new Uint8Array(before + length + after)
          expected.set(source, before)
          expect(Buffer.compare(whole, expected)).toBe(0)
        }),
        { numRuns: 40 },
      )
    },
  )

  it('copies floats', () => {
    const source = Float32Array.from({ length: 3000 }, (_, i) => i / 7)
    const target = new Float32Array(new SharedArrayBuffer(12_000))
    copyBytes(target, source)
    expect([...target]).toEqual([...source])
  })
})
