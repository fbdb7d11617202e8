import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as errors from '../../src/core/errors.ts'
import { NdArray, ndarray } from '../../src/index.ts'
import { packElement, unpackElement } from '../../src/parallel/packedElement.ts'
import { packError, unpackError } from '../../src/parallel/packedError.ts'

const { MillraceError, NotFoundError, UnknownError } = errors

const travel = (thrown: unknown): errors.MillraceError => unpackError(structuredClone(packError(thrown)))

describe('an error that travels', () => {
  const fields = { path: 'range.map', index: 2 ** 40, file: 'ä.bin', record: 3, byteOffset: 2 ** 33 }

  it.each(Object.entries(errors.errorClasses))('keeps class, fields, hint and stack of %s', (name, Class) => {
    const error = new Class('went wrong.', { ...fields, hint: 'Mend it.' })
    const arrived = travel(error)
    expect(arrived).toBeInstanceOf(Class)
    expect(arrived).toMatchObject({
      ...fields,
      name,
      hint: 'Mend it.',
      message: 'went wrong. Mend it.',
      stack: error.stack,
    })
    expect('cause' in arrived).toBe(false)
  })

  it('keeps fields that are not set unset', () => {
    const arrived = travel(new NotFoundError('no'))
    expect(arrived.message).toBe('no')
    for (const field of ['path', 'index', 'hint']) expect(arrived).not.toHaveProperty(field)
  })

  it('keeps its causes: ours, those of the language, others by name, and what is no error', () => {
    class OwnError extends Error {
      override name = 'OwnError'
    }
    const bottom = new OwnError('bottom', { cause: 'a text' })
    const range = new RangeError('range', { cause: new NotFoundError('inner', { index: 1, cause: bottom }) })
    const arrived = travel(new NotFoundError('top', { cause: range }))
    const middle = arrived.cause as Error
    expect(middle).toBeInstanceOf(RangeError)
    expect(middle.cause).toBeInstanceOf(NotFoundError)
    expect(middle.cause).toMatchObject({ message: 'inner', index: 1, cause: { name: 'OwnError', message: 'bottom' } })
    expect((middle.cause as { cause: Error }).cause.cause).toBe('a text')
    expect((middle.cause as { cause: Error }).cause.stack).toBe(bottom.stack)
  })

  it('keeps the code of an error of Node', () => {
    const error = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
    expect(travel(error)).toMatchObject({ name: 'UnknownError', cause: { code: 'ENOENT', stack: error.stack } })
  })

  it.each([
    ['text', 'text', 'text'],
    [undefined, undefined, 'undefined'],
    [null, null, 'null'],
    [5n, 5n, '5'],
    [{ a: () => 1 }, '[object Object]', '[object Object]'],
    [Symbol('s'), 'Symbol(s)', 'Symbol(s)'],
  ])('becomes the cause of an UnknownError where it is none: %s', (thrown, cause, message) => {
    const arrived = travel(thrown)
    expect(arrived).toBeInstanceOf(UnknownError)
    expect(arrived).toMatchObject({ message, cause })
  })

  it('that names an Object property stays a foreign one', () => {
    const error = new Error('odd')
    error.name = 'constructor'
    expect(travel(error)).toMatchObject({ name: 'UnknownError', cause: { name: 'constructor', message: 'odd' } })
  })

  it('whose causes go round in a ring arrives all the same', () => {
    const error = new Error('round')
    error.cause = error
    expect(travel(error)).toBeInstanceOf(MillraceError)
  })
})

const roundTrip = (element: unknown): unknown => unpackElement(structuredClone(packElement(element, 'the element')))

describe('an element that travels', () => {
  it('arrives as it was, whatever its form', () => {
    const leaf = fc.oneof(
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.string({ unit: 'binary' }),
      fc.uint8Array(),
      fc.constantFrom(null, undefined),
      fc.array(fc.string()).map((words) => new NdArray('string', [words.length], words)),
      fc.array(fc.uint8Array()).map((parts) => new NdArray('bytes', [parts.length], parts)),
      fc.float32Array().map((values) => ndarray(values)),
    )
    const key = fc.oneof(fc.string(), fc.constantFrom('ndarray', 'dtype', 'object', '__proto__'))
    const { element } = fc.letrec((tie) => ({
      element: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('element')),
        fc.dictionary(key, tie('element'), { noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(element, (value) => {
        expect(roundTrip(value)).toEqual(value)
      }),
    )
  })

  it('is not taken for an NdArray where it looks like one', () => {
    const double = { ndarray: true, dtype: 'int32', shape: [1], data: Int32Array.of(1) }
    expect(roundTrip(double)).toEqual(double)
    expect(roundTrip(double)).not.toBeInstanceOf(NdArray)
  })

  it('takes no more memory along than its views show', () => {
    const large = new ArrayBuffer(1_000_000)
    const packed = structuredClone(
      packElement([new Uint8Array(large, 10, 5), ndarray(new Float32Array(large, 16, 2))], 'the element'),
    ) as [Uint8Array, { data: Float32Array }]
    expect(packed[0].buffer.byteLength).toBe(5)
    expect(packed[1].data.buffer.byteLength).toBe(8)
    const bytes = new NdArray('bytes', [1], [Buffer.from('pooled')])
    const arrived = roundTrip(bytes) as NdArray<'bytes'>
    expect(Array.from(arrived.data[0])).toEqual(Array.from(Buffer.from('pooled')))
    expect(arrived.data[0].buffer.byteLength).toBe(6)
  })

  it('is cut loose from shared memory, unless that is what is wanted', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(4))
    const copied = packElement([shared], 'the element') as [Uint8Array]
    const kept = packElement([shared], 'the element', 'shared') as [Uint8Array]
    shared.fill(7)
    expect(Array.from(copied[0])).toEqual([0, 0, 0, 0])
    expect(kept[0]).toBe(shared)
  })

  class Point {
    readonly x = 1
  }
  it.each([
    [{ a: [{ f: () => 1 }] }, 'the element.a[0].f is a function, which cannot travel between threads.'],
    [new Point(), 'the element is a Point, which cannot travel between threads.'],
    [[new Set()], 'the element[0] is a Set, which cannot travel between threads.'],
    [new DataView(new ArrayBuffer(1)), 'the element is a DataView, which cannot travel between threads.'],
    [Symbol('s'), 'the element is Symbol(s), which cannot travel between threads.'],
  ])('is refused with its place where it cannot: row %#', (element, message) => {
    const pack = (): unknown => packElement(element, 'the element')
    expect(pack).toThrow(errors.InvalidArgumentError)
    expect(pack).toThrow(message)
  })
})
