import { describe, expect, it } from 'vitest'
import { FailedPreconditionError } from '../../src/core/errors.ts'
import { isLent, release } from '../../src/core/lease.ts'
import { BatchMemory } from '../../src/ndarray/batchMemory.ts'
import { ndarray, type NdArray } from '../../src/ndarray/ndarray.ts'

/** A batch of so many numbers, each `value`. */
function makeBatch(memory: BatchMemory, length: number, value: number): { x: NdArray<'float32'> } {
  const x = ndarray(memory.allocate('float32', length).fill(value))
  return memory.lend({ x })
}

describe('BatchMemory', () => {
  it('gives the memory of a batch that was released to the next one of its size', () => {
    const memory = new BatchMemory()
    const first = makeBatch(memory, 5000, 1)
    const { buffer } = first.x.data
    const second = makeBatch(memory, 5000, 2)
    expect(second.x.data.buffer).not.toBe(buffer)
    release(first)
    const third = makeBatch(memory, 5000, 3)
    expect(third.x.data.buffer).toBe(buffer)
    expect(second.x.data.every((value) => value === 2)).toBe(true)
    expect(third.x.data.every((value) => value === 3)).toBe(true)
  })

  it('never takes back what is not released', () => {
    const memory = new BatchMemory()
    const batches = Array.from({ length: 20 }, (_, i) => makeBatch(memory, 5000, i))
    expect(new Set(batches.map(({ x }) => x.data.buffer)).size).toBe(20)
    batches.forEach(({ x }, i) => expect(x.data[4999]).toBe(i))
  })

  it('makes new memory for another size, and for all of a batch of several parts', () => {
    const memory = new BatchMemory()
    const pair = (): readonly [NdArray, NdArray] =>
      memory.lend([ndarray(memory.allocate('int32', 5000)), ndarray(memory.allocate('uint8', 50_000))] as const)
    const first = pair()
    const blocks = first.map(({ data }) => (data as Uint8Array).buffer)
    release(first)
    const second = pair()
    expect(second.map(({ data }) => (data as Uint8Array).buffer)).toEqual(blocks)
    release(second)
    expect(blocks).not.toContain(makeBatch(memory, 6000, 0).x.data.buffer)
  })

  it('does not lend what is small, or lies in no block', () => {
    const memory = new BatchMemory()
    expect(isLent(makeBatch(memory, 100, 0))).toBe(false)
    expect(isLent(memory.lend({ names: memory.allocate('string', 100_000) }))).toBe(false)
    expect(isLent(makeBatch(memory, 5000, 0))).toBe(true)
  })

  it('lends what is small with what is large', () => {
    const memory = new BatchMemory()
    const batch = () => {
      const [picture, label, none] = [
        memory.allocate('uint8', 50_000),
        memory.allocate('int32', 2),
        memory.allocate('int8', 0),
      ]
      return memory.lend({ picture: ndarray(picture), label: ndarray(label), none: ndarray(none) })
    }
    const first = batch()
    const { buffer } = first.label.data
    release(first)
    const second = batch()
    expect(second.label.data.buffer).toBe(buffer)
    // What was sent away has no bytes either.
    structuredClone(second.picture.data.buffer, { transfer: [second.picture.data.buffer as ArrayBuffer] })
    release(second)
    const third = batch()
    expect([third.picture.size, third.label.size, third.none.size]).toEqual([50_000, 2, 0])
  })

  it('passes over memory that was sent to another thread', () => {
    const memory = new BatchMemory()
    const sent = makeBatch(memory, 5000, 1)
    structuredClone(sent.x.data.buffer, { transfer: [sent.x.data.buffer as ArrayBuffer] })
    release(sent)
    expect(makeBatch(memory, 5000, 2).x.data).toHaveLength(5000)
  })

  it('makes a use after release an error', () => {
    const batch = makeBatch(new BatchMemory(), 5000, 1)
    const kept = batch.x.data
    release(batch)
    expect(() => batch.x.data).toThrow(FailedPreconditionError)
    expect(kept[0]).not.toBe(1)
  })
})
