import { describe, expect, it } from 'vitest'
import { leaveSpare, takeSpare } from '../../src/parallel/spareBuffers.ts'

const buffersOf = (count: number): SharedArrayBuffer[] =>
  Array.from({ length: count }, (_, i) => new SharedArrayBuffer(8 * (i + 1)))

describe('spare buffers', () => {
  it('are given once each, to who asks with the same key', () => {
    const buffers = buffersOf(3)
    leaveSpare('a', buffers)
    expect(takeSpare('b')).toBeUndefined()
    const taken = [takeSpare('a'), takeSpare('a'), takeSpare('a')]
    expect(new Set(taken)).toEqual(new Set(buffers))
    expect(takeSpare('a')).toBeUndefined()
  })

  it('are remembered for the keys that left some last', () => {
    const kept = buffersOf(40)
    kept.forEach((buffer, i) => leaveSpare(`key ${i}`, [buffer]))
    expect(takeSpare('key 0')).toBeUndefined()
    expect(takeSpare('key 39')).toBe(kept[39])
  })
})
