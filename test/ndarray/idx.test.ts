import { describe, expect, it } from 'vitest'
import { parseIdx } from '../../src/ndarray/idx.ts'

/** An idx file of two rows and one column, with the values' bytes as the format has them: big-endian. */
const file = (code: number, values: readonly number[]) => [0, 0, code, 2, 0, 0, 0, 2, 0, 0, 0, 1, ...values]

const rows = [
  ['uint8', 8, [5, 250], [5, 250]],
  ['int8', 9, [5, 250], [5, -6]],
  ['int16', 11, [0, 5, 255, 250], [5, -6]],
  ['int32', 12, [0, 0, 0, 5, 255, 255, 255, 250], [5, -6]],
  ['float32', 13, [63, 192, 0, 0, 192, 0, 0, 0], [1.5, -2]],
  ['float64', 14, [63, 248, 0, 0, 0, 0, 0, 0, 192, 0, 0, 0, 0, 0, 0, 0], [1.5, -2]],
] as const

/** The same bytes in each form they come in: alone, from a file, and somewhere in a larger block. */
const forms = {
  'a Uint8Array': (bytes: readonly number[]) => Uint8Array.from(bytes),
  'a Buffer': (bytes: readonly number[]) => Buffer.from(bytes),
  'a part of a block': (bytes: readonly number[]) =>
    Uint8Array.from([9, 9, 9, ...bytes, 9]).subarray(3, 3 + bytes.length),
}

describe.each(Object.entries(forms))('parseIdx of %s', (_form, make) => {
  it.each(rows)('reads %s, and leaves the bytes as they are', (dtype, code, values, expected) => {
    const bytes = make(file(code, values))
    const array = parseIdx(bytes, 'x.idx')
    expect(array.dtype).toBe(dtype)
    expect(array.shape).toEqual([2, 1])
    expect(Array.from(array.data as Float32Array)).toEqual(expected)
    expect(Array.from(bytes)).toEqual(file(code, values))
  })

  it('refuses a file cut at any length, or too long', () => {
    const whole = file(11, [0, 5, 0, 6])
    for (let length = 0; length < whole.length; length++) {
      const wanted = length < 4 ? 'InvalidArgumentError' : 'DataLossError'
      expect(() => parseIdx(make(whole.slice(0, length)), 'x.idx')).toThrow(
        expect.objectContaining({ name: wanted, file: 'x.idx' }),
      )
    }
    expect(() => parseIdx(make([...whole, 0]), 'x.idx')).toThrow(
      'idx: x.idx has 17 bytes, but its header asks for 16. Fetch it again.',
    )
  })

  it.each([[[1, 0, 8, 1, 0, 0, 0, 0]], [[0, 0, 7, 1, 0, 0, 0, 0]]])('refuses %j, which is no idx file', (bytes) => {
    expect(() => parseIdx(make(bytes), 'x.idx')).toThrow('idx: x.idx is not an idx file.')
  })
})
