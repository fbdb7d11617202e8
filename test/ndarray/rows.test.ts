import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResourceExhaustedError } from '../../src/core/errors.ts'
import { allocate, allocateUnset, dtypes, isTyped } from '../../src/ndarray/dtype.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { rowsOf } from '../../src/ndarray/rows.ts'
import { stack } from '../../src/ndarray/stack.ts'

/** Numbers of values in a row: about where the ways of copying change, and beyond what is touched at once. */
const sizes = [0, 1, 47, 48, 49, 130, 784, 4096, 5000]

describe('stack', () => {
  it.each([
    [
      [
        { a: 1, b: undefined },
        { a: 1, b: undefined },
      ],
      'b of element 0 is undefined, which an element cannot hold.',
    ],
    [
      [
        { a: 1, b: 2 },
        { a: 1, b: undefined },
      ],
      'b of element 1 is undefined, which an element cannot hold.',
    ],
    [
      [
        { a: 1, b: 2 },
        { a: 1, c: 2 },
      ],
      'element 0 is an object {a, b}, but element 1 is an object {a, c}',
    ],
  ])('says what is missing in %j', (rows, message) => {
    expect(() => stack<unknown>(rows)).toThrow(message)
  })

  it('has no room for more than there is memory', () => {
    expect(() => allocate('float32', 2 ** 52)).toThrow(ResourceExhaustedError)
    expect(() => allocateUnset('float32', 2 ** 52)).toThrow(
      'no memory for an array of 4503599627370496 float32 values.',
    )
    expect(() => allocate('string', 2 ** 40)).toThrow(ResourceExhaustedError)
  })
})

describe('rowsOf', () => {
  for (const dtype of dtypes) {
    it(`gathers rows of ${dtype} as stacking them would`, () => {
      const places = fc.array(fc.nat({ max: 29 }), { minLength: 1, maxLength: 300 })
      fc.assert(
        fc.property(fc.constantFrom(...sizes), places, (size, indices) => {
          const array = arrayOf(dtype, 30, size)
          const rows = rowsOf<NdArray>(array)
          const gathered = rows.gather(indices) as NdArray
          const stacked = stack(indices.map((index) => rows.at(index)))
          expect(gathered.dtype).toBe(dtype)
          expect(gathered.shape).toEqual([indices.length, size])
          expect(gathered.data).toEqual(stacked.data)
        }),
        { numRuns: 30 },
      )
    })
  }

  it.each([4096, 8192, 16384])('gathers rows of %i bytes of an array that is too large for caches', (size) => {
    const count = 2 ** 25 / size
    const values = new Uint32Array(2 ** 23).map((_, i) => i)
    const rows = rowsOf<NdArray<'uint32'>>(new NdArray('uint32', [count, size / 4], values))
    const indices = Array.from({ length: 50 }, (_, i) => (i * 977) % count)
    const { data } = rows.gather(indices) as NdArray<'uint32'>
    indices.forEach((index, i) => {
      expect(data.subarray((i * size) / 4, ((i + 1) * size) / 4)).toEqual(rows.at(index).data)
    })
  })

  it('keeps a part of any name', () => {
    const parts = JSON.parse('{ "__proto__": 1, "constructor": 2 }') as Record<string, number>
    const structure = Object.fromEntries(Object.entries(parts).map(([key, n]) => [key, ndarray([n, n + 10])]))
    const row = rowsOf<Record<string, number>>(structure).at(1)
    expect(Object.entries(row)).toEqual([
      ['__proto__', 11],
      ['constructor', 12],
    ])
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
  })

  it('gathers no rows', () => {
    expect((rowsOf(ndarray(new Uint8Array(640), [10, 64])).gather([]) as NdArray).shape).toEqual([0, 64])
  })
})

/** Rows that do not begin where their memory does. */
function arrayOf(dtype: NdArray['dtype'], rows: number, size: number): NdArray {
  const whole = allocate(dtype, (rows + 1) * size)
  for (let i = 0; i < whole.length; i++) whole[i] = valueOf(dtype, i)
  const data = isTyped(dtype) ? (whole as Uint8Array).subarray(size) : (whole as string[]).slice(size)
  return new NdArray(dtype, [rows, size], data)
}

function valueOf(dtype: NdArray['dtype'], i: number): never {
  const value = (i * 7 + (i >> 8)) % 100
  if (dtype === 'int64') return BigInt(value) as never
  if (dtype === 'string') return `text ${value}` as never
  if (dtype === 'bytes') return Uint8Array.of(value) as never
  return (dtype === 'bool' ? value % 2 : value) as never
}
