import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataLossError, InvalidArgumentError } from '../../src/core/errors.ts'
import { dtypes, isTyped, typedArrayOf, itemBytes } from '../../src/ndarray/dtype.ts'
import { decodeElement, ElementEncoder, encodeElement } from '../../src/ndarray/elementBytes.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'

const bytes = fc.uint8Array({ maxLength: 20 })
const array = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.nat({ max: 3 }), { maxLength: 3 }), fc.infiniteStream(bytes))
  .chain(([dtype, shape, values]): fc.Arbitrary<NdArray> => {
    const size = shape.reduce((product, axis) => product * axis, 1)
    if (dtype === 'string')
      return fc.array(fc.string(), { minLength: size, maxLength: size }).map((data) => new NdArray(dtype, shape, data))
    if (dtype === 'bytes') return fc.constant(new NdArray(dtype, shape, [...values.take(size)]))
    if (!isTyped(dtype)) throw new Error(dtype)
    const length = size * itemBytes(dtype)
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((block) => new NdArray(dtype, shape, new (typedArrayOf(dtype))(Uint8Array.from(block).buffer)))
  })
const scalar = fc.oneof(fc.double(), fc.bigInt(), fc.boolean(), fc.string({ unit: 'binary' }), fc.constant(null), bytes)
const { element } = fc.letrec<{ element: unknown }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 3 },
    scalar,
    array,
    fc.array(tie('element'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('element'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))

/** The element with memory by its bytes, so that NaNs are compared by their bits. */
function bits(value: unknown): unknown {
  if (value instanceof NdArray) {
    const { dtype, shape, data } = value as NdArray
    const memory = ArrayBuffer.isView(data)
      ? [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]
      : data.map(bits)
    return { dtype, shape, memory }
  }
  if (value instanceof Uint8Array) return { bytes: [...value] }
  if (Array.isArray(value)) return value.map(bits)
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([key, part]) => [key, bits(part)])
    : value
}

describe('an element as bytes', () => {
  it('comes back the same, wherever it lies', () => {
    fc.assert(
      fc.property(element, fc.nat({ max: 9 }), (value, at) => {
        const encoder = new ElementEncoder()
        const length = encoder.measure(value)
        const into = new Uint8Array(at + length).fill(0xff)
        encoder.write(into, at)
        expect(bits(decodeElement(into.subarray(at)))).toEqual(bits(value))
        expect(into.subarray(at)).toEqual(encodeElement(value))
      }),
    )
  })

  it('is a view where it lies right', () => {
    const encoded = encodeElement({ x: ndarray([1.5, 2]), b: Uint8Array.of(1) })
    const { x, b } = decodeElement(encoded) as { x: NdArray<'float32'>; b: Uint8Array }
    expect(x.data.buffer).toBe(encoded.buffer)
    expect(b.buffer).toBe(encoded.buffer)
  })

  it('has the layout that is written at the head of the file', () => {
    const outline = '{"o":[["a",{"d":"uint8","s":[2]}]]}'
    const expected = Buffer.concat([
      Buffer.from([outline.length, 0, 0, 0]),
      Buffer.from(outline),
      Buffer.alloc(1),
      Buffer.from([7, 8]),
      Buffer.alloc(6),
    ])
    expect(Buffer.from(encodeElement({ a: ndarray(Uint8Array.of(7, 8)) }))).toEqual(expected)
  })

  it('refuses what an element cannot hold', () => {
    expect(() => encodeElement({ when: [new Date(0)] })).toThrow(InvalidArgumentError)
    expect(() => encodeElement({ when: [new Date(0)] })).toThrow('when[0] is a Date, which an element cannot hold.')
    expect(() => encodeElement(undefined)).toThrow('the element is undefined, which an element cannot hold.')
  })

  it('is refused when it is cut short or overwritten', () => {
    fc.assert(
      fc.property(element, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (value, at, other) => {
        const encoded = encodeElement(value)
        const refused = (damaged: Uint8Array): void => {
          try {
            decodeElement(damaged)
          } catch (error) {
            expect(error).toBeInstanceOf(DataLossError)
          }
        }
        refused(encoded.subarray(0, at % encoded.length))
        encoded.set(other, at % (encoded.length - 4))
        refused(encoded)
      }),
    )
    expect(() => decodeElement(new Uint8Array(3))).toThrow('3 bytes are no element: they end within byte 4.')
  })
})
