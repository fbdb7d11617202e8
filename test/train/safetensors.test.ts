import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, type TypedDType } from '../../src/ndarray/dtype.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { decodeSafetensors, encodeSafetensors } from '../../src/train/safetensors.ts'

const dtypes: readonly TypedDType[] = [
  'float64',
  'float32',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint32',
  'uint16',
  'uint8',
  'bool',
]
const file = encodeSafetensors({
  tensors: new Map<string, NdArray>([
    ['a', ndarray(Float32Array.of(1, 2), [2, 1])],
    ['b', ndarray(Uint8Array.of(7))],
  ]),
  metadata: { step: '3' },
})

describe('safetensors', () => {
  it('has the documented bytes', () => {
    const header =
      '{"__metadata__":{"step":"3"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}'
    const padded = Math.ceil(header.length / 8) * 8
    expect(Buffer.from(file).readBigUInt64LE(0)).toBe(BigInt(padded))
    expect(Buffer.from(file.subarray(8, 8 + padded)).toString()).toBe(header.padEnd(padded))
    expect(Array.from(file.subarray(8 + padded))).toEqual([0, 0, 128, 63, 0, 0, 0, 64, 7])
  })

  it('reading undoes writing, for every dtype', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...dtypes), fc.array(fc.nat(3), { maxLength: 3 }))), (parts) => {
        const tensors = new Map(
          parts.map(([dtype, shape], i) => {
            const data = allocate(
              dtype,
              shape.reduce((size, axis) => size * axis, 1),
            )
            new Uint8Array(data.buffer).forEach(
              (_, at, bytes) => (bytes[at] = dtype === 'bool' ? 1 : (at * 37 + i) % 64),
            )
            return [`t${i}/é`, new NdArray(dtype, shape, data)] as const
          }),
        )
        // From a Buffer, as a file is read: its memory begins somewhere in a larger block.
        const bytes = Buffer.from(encodeSafetensors({ tensors, metadata: { a: 'b' } }))
        const read = decodeSafetensors(bytes, 'file')
        expect(read.metadata).toEqual({ a: 'b' })
        expect([...read.tensors]).toEqual([...tensors])
      }),
    )
  })

  it('refuses a file cut at any length', () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSafetensors(file.subarray(0, length), 'run.ckpt')).toThrow(/^safetensors: run\.ckpt /)
    }
  })

  it('refuses texts as tensors, and unknown dtypes', () => {
    const texts = { tensors: new Map<string, NdArray>([['t', ndarray(['x'])]]), metadata: {} }
    expect(() => encodeSafetensors(texts)).toThrow('safetensors: tensor t is string, which the format lacks.')
    const other = Buffer.from(Buffer.from(file).toString('latin1').replace('"F32"', '"F8_"'), 'latin1')
    expect(() => decodeSafetensors(other, 'x')).toThrow('safetensors: x has tensor a of unknown dtype F8_.')
  })
})
