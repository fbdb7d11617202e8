import { expect, it } from 'vitest'
import { ndarray } from '../../src/ndarray/ndarray.ts'
import { StackArena } from '../../src/parallel/stackArena.ts'

it('brings about memory with the first row that asks for it, and stacks the rows where they lie', () => {
  const arena = new StackArena(undefined, 2)
  expect(arena.buffer).toBeUndefined()
  const rows = [0, 1].map((row) => {
    const data = arena.rowRoom(row, 'float32', 3)
    data?.fill(row + 1)
    return { image: ndarray(data ?? [], [3]), label: row }
  })
  expect(arena.buffer).toBeInstanceOf(SharedArrayBuffer)
  const batch = arena.stack(rows, undefined, 0) as { image: { data: Float32Array } }
  expect(batch.image.data.buffer).toBe(arena.buffer)
  expect([...batch.image.data]).toEqual([1, 1, 1, 2, 2, 2])
})

it('leaves room in new memory for what the rows hold beside it', () => {
  const arena = new StackArena(undefined, 8)
  arena.rowRoom(0, 'uint8', 100_000)
  expect((arena.buffer?.byteLength ?? 0) - arena.taken).toBeGreaterThanOrEqual(50_000 - 64)
})

it('gives no room where nothing is stacked, or for rows of another size', () => {
  expect(new StackArena(undefined, 0).rowRoom(0, 'float32', 3)).toBeUndefined()
  const arena = new StackArena(undefined, 2)
  arena.rowRoom(0, 'float32', 3)
  expect(arena.rowRoom(1, 'float32', 4)).toBeUndefined()
  expect(arena.rowRoom(1, 'int32', 3)).toBeUndefined()
})

it('takes what it is given where it is large enough, and nothing where it is not', () => {
  const buffer = new SharedArrayBuffer(64)
  expect(new StackArena(buffer, 2).rowRoom(1, 'float32', 8)?.buffer).toBe(buffer)
  const arena = new StackArena(buffer, 2)
  expect(arena.rowRoom(0, 'float32', 9)).toBeUndefined()
  expect(arena.buffer).toBe(buffer)
})

it('has the leaf that threads share from its start, and puts nothing else beside it', () => {
  const leaf = { dtype: 'float32', length: 3 } as const
  const buffer = new SharedArrayBuffer(256)
  const arena = new StackArena(buffer, 2, leaf)
  expect(arena.taken).toBe(64)
  const small = ndarray(Float32Array.of(7, 8), [2])
  const row = { image: ndarray(Float32Array.of(1, 2, 3), [3]), deep: [small] }
  const placed = arena.placed(1, row) as typeof row
  expect(placed.image.data.buffer).toBe(buffer)
  expect(placed.image.data.byteOffset).toBe(12)
  expect([...placed.image.data]).toEqual([1, 2, 3])
  expect(placed.deep[0]).toBe(small)
  expect(arena.placed(1, placed)).toBe(placed)
  const first = arena.placed(0, row)
  const batch = arena.stack([first, placed], undefined, 0) as { image: { data: Float32Array }; deep: typeof row.deep }
  expect(batch.image.data.buffer).toBe(buffer)
  expect([...batch.image.data]).toEqual([1, 2, 3, 1, 2, 3])
  expect(batch.deep[0].data.buffer).not.toBe(buffer)
})
