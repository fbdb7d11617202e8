import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CancelledError, DataLossError } from '../../src/core/errors.ts'
import type { ByteSource } from '../../src/files/byteSource.ts'
import { ByteWindow } from '../../src/files/byteWindow.ts'

/** A source that gives at most `most` bytes a read, and counts its reads and closings. */
function memory(bytes: Uint8Array, most: number, seekable: boolean) {
  const source = {
    file: 'memory',
    seekable,
    reads: 0,
    closed: 0,
    open: () => Promise.resolve(seekable ? bytes.length : undefined),
    read(into: Uint8Array, at: number, length: number, offset: number) {
      source.reads++
      const part = bytes.subarray(offset, offset + Math.min(length, most))
      into.set(part, at)
      return Promise.resolve(part.length)
    },
    close() {
      source.closed++
      return Promise.resolve()
    },
  }
  return source satisfies ByteSource
}

/** Waits until `length` bytes are in the window, or all there are, and takes them. */
async function take(window: ByteWindow, length: number): Promise<number[]> {
  while (window.end - window.at < length && !window.ended) await window.more()
  const until = Math.min(window.end, window.at + length)
  const taken = [...window.bytes.subarray(window.at, until)]
  window.at = until
  return taken
}

describe('ByteWindow', () => {
  it('gives every byte once, in order, and knows its offset', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.boolean(),
        async (bytes, lengths, chunkBytes, most, seekable, keep) => {
          const source = memory(bytes, most, seekable)
          const window = new ByteWindow(source, { chunkBytes, keep })
          await window.open()
          let offset = 0
          for (let i = 0; offset < bytes.length; i++) {
            const length = lengths[i % lengths.length]
            expect(window.byteOffset).toBe(offset)
            expect(await take(window, length)).toEqual([...bytes.subarray(offset, offset + length)])
            offset = Math.min(bytes.length, offset + length)
          }
          expect(await take(window, 1)).toEqual([])
          expect(window.ended).toBe(true)
          await window.close()
          await window.close()
          expect(source.closed).toBe(1)
        },
      ),
    )
  })

  it('leaves what it keeps as it is', async () => {
    const bytes = Uint8Array.from({ length: 200 }, (_, i) => i)
    const window = new ByteWindow(memory(bytes, 50, true), { chunkBytes: 10, keep: true })
    await window.open()
    const views: Uint8Array[] = []
    while (window.at < window.end || !window.ended) {
      views.push(window.bytes.subarray(window.at, window.end))
      window.at = window.end
      await window.more()
    }
    expect(views.flatMap((view) => [...view])).toEqual([...bytes])
  })

  it.each([true, false])('goes to an offset (seekable: %s)', async (seekable) => {
    const bytes = Uint8Array.from({ length: 200 }, (_, i) => i)
    const source = memory(bytes, 50, seekable)
    const window = new ByteWindow(source, { chunkBytes: 10 })
    await window.open()
    expect(await take(window, 3)).toEqual([0, 1, 2])
    const before = source.reads
    await window.seek(150)
    if (seekable) expect(source.reads).toBe(before)
    expect(window.byteOffset).toBe(150)
    expect(await take(window, 2)).toEqual([150, 151])
    await expect(window.seek(201)).rejects.toThrow(DataLossError)
    await window.close()
  })

  it('reads what is long in few steps', async () => {
    const source = memory(new Uint8Array(1 << 20), Infinity, true)
    const window = new ByteWindow(source, { chunkBytes: 16 })
    await window.open()
    expect(await take(window, 1 << 20)).toHaveLength(1 << 20)
    expect(source.reads).toBeLessThan(40)
    await window.close()
  })

  it('stops when it is closed', async () => {
    const window = new ByteWindow(memory(new Uint8Array(9), 1, false))
    await window.open()
    const pending = window.more()
    await window.close()
    await expect(pending).rejects.toThrow(CancelledError)
    await expect(window.more()).rejects.toThrow('reading memory was stopped.')
  })
})
