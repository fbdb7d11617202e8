import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NdArray, ndarray } from '../../src/index.ts'
import { allocate, type TypedDType } from '../../src/ndarray/dtype.ts'
import { sizeOf } from '../../src/ndarray/ndarray.ts'
import { copyElement, hasLayout, layoutOf, leavesOf, type Leaf } from '../../src/parallel/layout.ts'
import { readSlot, slotBytes, writeSlot, type SlotContent } from '../../src/parallel/slot.ts'

const typed: readonly TypedDType[] = [
  ...(['float32', 'float64', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'bool'] as const),
]

/** What comes out of a slot that an element went into, and the slot. */
function throughSlot(element: unknown, state = '{}'): SlotContent & { readonly buffer: SharedArrayBuffer } {
  const leaves = leavesOf(element) as Leaf[]
  const buffer = new SharedArrayBuffer(slotBytes(leaves, Buffer.byteLength(state)))
  writeSlot(buffer, 0, leaves, state)
  return { ...readSlot(buffer, [layoutOf(element, leaves)]), buffer }
}

const leaf = fc
  .tuple(fc.constantFrom(...typed), fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), fc.nat())
  .map(([dtype, shape, seed]): unknown => {
    const data = allocate(dtype, sizeOf(shape))
    const bytes = new Uint8Array((data as Uint8Array).buffer)
    bytes.forEach((_, i) => (bytes[i] = dtype === 'bool' ? (seed + i) % 2 : (seed * 7 + i * 31) % 97))
    return new NdArray(dtype, shape, data)
  })
const { element: anyElement } = fc.letrec((tie) => ({
  element: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('element'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('element'), { noNullPrototype: true }),
  ),
}))

describe('a slot', () => {
  it('gives back any element of NdArrays, and the state', () => {
    fc.assert(
      fc.property(anyElement, fc.string({ unit: 'binary' }), (element, text) => {
        const state = JSON.stringify({ text })
        const content = throughSlot(element, state)
        expect(content.state).toBe(state)
        expect(content.element).toStrictEqual(element)
      }),
    )
  })

  it.each(typed)('holds %s over its own memory, aligned', (dtype) => {
    const element = { a: new NdArray(dtype, [3], allocate(dtype, 3)), b: new NdArray(dtype, [], allocate(dtype, 1)) }
    const { element: read, buffer } = throughSlot(element) as SlotContent & { element: typeof element; buffer: unknown }
    for (const { data } of [read.a, read.b]) {
      const { buffer: under, byteOffset } = data as Uint8Array
      expect(under).toBe(buffer)
      expect(byteOffset % 64).toBe(0)
    }
  })

  it('holds views, of which only what they show is written', () => {
    const all = ndarray(
      Float32Array.from({ length: 100 }, (_, i) => i),
      [50, 2],
    )
    const { element, buffer } = throughSlot(all.slice(10, 12))
    expect(element).toStrictEqual(new NdArray('float32', [2, 2], Float32Array.of(20, 21, 22, 23)))
    expect(buffer.byteLength).toBe(3 * 64)
  })

  it('holds shapes of any size where there are no values', () => {
    const { element } = throughSlot(new NdArray('int8', [3e9, 0], new Int8Array(0)))
    expect(element).toStrictEqual(new NdArray('int8', [3e9, 0], new Int8Array(0)))
  })

  it('is copied from without a tie to it', () => {
    const original = { x: [ndarray(Int32Array.of(1, 2))] }
    const { element, buffer } = throughSlot(original)
    const copy = copyElement(layoutOf(original, leavesOf(original) as Leaf[]), element)
    new Uint8Array(buffer).fill(255)
    expect(copy).toStrictEqual(original)
  })
})

describe('leavesOf', () => {
  const array = ndarray(Int32Array.of(1))
  it.each([
    ['a number', 1],
    ['text', { a: array, b: 'x' }],
    ['text in an NdArray', ndarray(['a'])],
    ['bytes', [array, Uint8Array.of(1)]],
    ['null', null],
    ['a date', { a: array, at: new Date(0) }],
    ['a map', new Map([['a', array]])],
  ])('finds that %s is no element of NdArrays alone', (_, element) => {
    expect(leavesOf(element)).toBeUndefined()
  })

  it('takes them in the order of the keys', () => {
    expect(leavesOf({ b: array, a: [ndarray(Int8Array.of(2))] })?.map(({ dtype }) => dtype)).toEqual(['int32', 'int8'])
    expect(leavesOf([])).toEqual([])
  })
})

describe('hasLayout', () => {
  const of = (element: unknown): ReturnType<typeof layoutOf> => layoutOf(element, leavesOf(element) as Leaf[])
  const int = (...shape: number[]): NdArray => new NdArray('int32', shape, new Int32Array(sizeOf(shape)))
  const rows: [unknown, unknown, boolean][] = [
    [{ a: int(1), b: int(2) }, { a: int(5), b: int(0) }, true],
    [{ a: int(1) }, { b: int(1) }, false],
    [{ a: int(1), b: int(1) }, { b: int(1), a: int(1) }, false],
    [{ a: int(1) }, { a: int(1), b: int(1) }, false],
    [{ a: int(1) }, { a: int(1, 1) }, false],
    [{ a: int(1) }, { a: ndarray(Float32Array.of(1)) }, false],
    [[int(1)], { 0: int(1) }, false],
    [[[int(1)], int(1)], [int(1), [int(1)]], false],
    [int(1), [int(1)], false],
    [{ a: {} }, { a: [] }, false],
    [{ a: {}, b: int() }, { a: {}, b: int() }, true],
  ]
  it.each(rows)('row %#', (known, element, same) => {
    expect(hasLayout(of(known), element, leavesOf(element) as Leaf[])).toBe(same)
  })
})
