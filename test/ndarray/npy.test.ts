import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { encodeNpy, parseNpy } from '../../src/ndarray/npy.ts'
import { parseNpz } from '../../src/ndarray/npz.ts'
import { extract, plainCrc32, readZip } from '../../src/ndarray/zip.ts'
import { plain } from '../contract/run.ts'
import { temporaryFile } from '../sources/temporaryFile.ts'

const fixtures = new URL('../fixtures/numpy/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, fixtures))
interface Expected {
  readonly dtype: string
  readonly shape: number[]
  readonly values: unknown[]
}
const arrays = JSON.parse(read('arrays.json').toString()) as Readonly<Record<string, Expected>>
const names = Object.keys(arrays)

/** Values as arrays.json has them: 64-bit integers as text, bytes in hex, truth as such. */
function values(array: NdArray): unknown[] {
  return Array.from<unknown>(array.data).map((value) => {
    if (typeof value === 'bigint') return String(value)
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
    return array.dtype === 'bool' ? value === 1 : value
  })
}

describe('parseNpy of what numpy wrote', () => {
  it.each(names)('%s', (name) => {
    const { dtype, shape, values: expected } = arrays[name]
    const bytes = read(`${name}.npy`)
    const moved = Buffer.concat([Buffer.from([0]), bytes]).subarray(1)
    for (const array of [parseNpy(bytes, name), parseNpy(moved, name)]) {
      expect(array.dtype).toBe(dtype)
      expect(array.shape).toEqual(shape)
      expect(values(array)).toEqual(expected)
    }
  })

  it('refuses what no NdArray holds', () => {
    const refused = readdirSync(fixtures).filter((name) => name.startsWith('refused-'))
    expect(refused).toHaveLength(5)
    const messages = refused.map((name) => {
      try {
        return parseNpy(read(name), 'x.npy')
      } catch (error) {
        return String(error).replace(/\. Save it .*/, '')
      }
    })
    expect(messages).toEqual([
      'InvalidArgumentError: npy: x.npy holds <c8, which is no dtype of an NdArray',
      'InvalidArgumentError: npy: x.npy holds <f2, which is no dtype of an NdArray',
      'InvalidArgumentError: npy: x.npy holds |O, which is no dtype of an NdArray',
      "InvalidArgumentError: npy: x.npy holds [('a', '<f4'), ('b', '<i4')], which is no dtype of an NdArray",
      'InvalidArgumentError: npy: x.npy holds <u8, which is no dtype of an NdArray',
    ])
  })

  it('refuses a file cut at any length, or too long', () => {
    const bytes = read('int16.npy')
    for (let length = 0; length < bytes.length; length++) {
      const name = length < 8 ? 'InvalidArgumentError' : 'DataLossError'
      expect(() => parseNpy(bytes.subarray(0, length), 'x.npy')).toThrow(
        expect.objectContaining({ name, file: 'x.npy' }),
      )
    }
    expect(() => parseNpy(Buffer.concat([bytes, bytes]), 'x.npy')).toThrow(
      'npy: x.npy has 352 bytes, but its header asks for 176.',
    )
    expect(() => parseNpy(Buffer.from('a,b\n1,2\n'), 'x.npy')).toThrow('npy: x.npy is not an npy file.')
    const newer = Buffer.from(bytes)
    newer[6] = 4
    expect(() => parseNpy(newer, 'x.npy')).toThrow('npy: x.npy has version 4.0 of the format.')
  })
})

describe('encodeNpy', () => {
  const little = names.filter((name) => !/^(big|fortran|version)/.test(name))
  it.each(little)('writes %s as numpy does', (name) => {
    const bytes = read(`${name}.npy`)
    expect(Buffer.from(encodeNpy(parseNpy(bytes, name)))).toEqual(bytes)
  })

  it('is undone by parseNpy', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.endsWith('\0') && !/\p{Surrogate}/u.test(value))
    const bytes = fc.uint8Array({ maxLength: 5 }).filter((value) => value.at(-1) !== 0)
    const array = fc.oneof(
      fc.array(text).map((data) => new NdArray('string', [data.length], data)),
      fc.array(bytes).map((data) => new NdArray('bytes', [1, data.length], data)),
      fc.float64Array().map((data) => ndarray(data, [data.length, 1])),
      fc.bigInt64Array().map((data) => ndarray(data)),
      fc.uint16Array().map((data) => ndarray(data)),
    )
    fc.assert(
      fc.property(array, (one) => {
        expect(plain(parseNpy(encodeNpy(one), 'x.npy'))).toEqual(plain(one))
      }),
    )
  })

  it('refuses a value that ends with a zero', () => {
    expect(() => encodeNpy(ndarray(['a', 'b\0']))).toThrow(
      'npy: value 1 ends with a zero, which the format cannot hold.',
    )
  })
})

describe('Dataset.npy', () => {
  const rows = names.filter((name) => arrays[name].shape.length > 0 && !name.startsWith('fortran'))
  it.each(rows)('gives the rows of %s', async (name) => {
    const whole = parseNpy(read(`${name}.npy`), name)
    const expected = Array.from({ length: whole.shape[0] }, (_, i) => plain(whole.row(i)))
    const dataset = Dataset.npy(new URL(`${name}.npy`, fixtures), { chunkBytes: 7 })
    expect((await dataset.toArray()).map(plain)).toEqual(expected)
  })

  it.each([
    ['scalar', /scalar\.npy is a scalar, which has no rows\./],
    ['fortran', /fortran\.npy is in Fortran order, in which rows are in pieces\. Save it with/],
    ['refused-complex', /holds <c8/],
  ])('refuses %s', async (name, message) => {
    const reading = Dataset.npy(new URL(`${name}.npy`, fixtures)).toArray()
    await expect(reading).rejects.toThrow(message)
  })

  it('refuses a file that is cut short or too long', async () => {
    const bytes = read('int16.npy')
    for (const wrong of [
      bytes.subarray(0, 3),
      bytes.subarray(0, 90),
      bytes.subarray(0, 150),
      Buffer.concat([bytes, bytes]),
    ]) {
      await expect(Dataset.npy(temporaryFile(wrong)).toArray()).rejects.toThrow(
        /ends within|but its header asks for 176/,
      )
    }
  })
})

describe('parseNpz', () => {
  it.each(['points.npz', 'points-deflated.npz'])('reads %s', (name) => {
    const { x, label, other } = parseNpz(read(name), name)
    expect(x.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(label.toArray()).toEqual(['a', 'b'])
    expect(other.toArray()).toEqual([0n, 1n, 2n])
    expect(Object.keys(parseNpz(read(name), name, ['other']))).toEqual(['other'])
  })

  it('refuses a missing array and what is no zip file', () => {
    expect(() => parseNpz(read('points.npz'), 'p.npz', ['y'])).toThrow(
      'npz: p.npz has no array "y". It has x, label, other.',
    )
    expect(() => parseNpz(read('int8.npy'), 'p.npz')).toThrow('npz: p.npz is not a zip file, or is cut short.')
  })

  it.each(['points.npz', 'points-deflated.npz'])('finds any byte of the data of %s that is changed', (name) => {
    const bytes = read(name)
    const whole = JSON.stringify(values(parseNpz(bytes, name).x))
    for (let at = 0; at < bytes.length; at++) {
      const wrong = Buffer.from(bytes)
      wrong[at] ^= 0x41
      try {
        expect(JSON.stringify(values(parseNpz(wrong, name, ['x']).x))).toBe(whole)
      } catch (error) {
        expect(String(error)).toMatch(/^(DataLossError|InvalidArgumentError): np[yz]: /)
      }
    }
  })

  it('reads zip64 numbers', () => {
    const bytes = read('points.npz')
    const [entry] = readZip(bytes, 'p.npz')
    expect(readZip(zip64(bytes), 'p.npz')).toEqual(readZip(bytes, 'p.npz'))
    expect(parseNpy(extract(bytes, entry, 'p.npz'), 'x').shape).toEqual([2, 2])
  })

  it('has the checksum of zip files', () => {
    expect(plainCrc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  })
})

/** The same zip file with the place of its central directory in a zip64 end alone. */
function zip64(bytes: Buffer): Buffer {
  const end = bytes.length - 22
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50)
  end64.writeBigUInt64LE(BigInt(bytes.readUInt16LE(end + 10)), 32)
  end64.writeBigUInt64LE(BigInt(bytes.readUInt32LE(end + 16)), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50)
  locator.writeBigUInt64LE(BigInt(end), 8)
  const last = Buffer.from(bytes.subarray(end))
  last.writeUInt16LE(0xffff, 10)
  last.writeUInt32LE(0xffffffff, 16)
  return Buffer.concat([bytes.subarray(0, end), end64, locator, last])
}
