import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c, loadNative, maskCrc, unmaskCrc } from '../../src/records/crc32c.ts'
import { crc32cPlain } from '../../src/records/crc32cPlain.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** RFC 3720, B.4, and the check value of the polynomial. */
const known: readonly (readonly [string, Uint8Array, number])[] = [
  ['nothing', new Uint8Array(0), 0],
  ['123456789', text('123456789'), 0xe3069283],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['counting up', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['counting down', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  [
    'an iSCSI read command',
    Uint8Array.from(
      Buffer.from(
        '01c00000000000000000000000000000140000000000040000000014000000182800000000000000' + '0200000000000000',
        'hex',
      ),
    ),
    0xd9963a56,
  ],
]

const noise = Uint8Array.from({ length: 70_000 }, (_, i) => Math.imul(i, 2654435761) >>> 24)
const native = loadNative()

describe('crc32c', () => {
  it.each(known)('knows %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
    expect(crc32cPlain(bytes, 0, bytes.length)).toBe(expected)
  })

  it('is the same in TypeScript, by choice and natively at each length', () => {
    expect(native).not.toBeNull()
    const lengths = [...Array.from({ length: 131 }, (_, i) => i), 255, 256, 257, 858, 4095, 4096, 65_537]
    for (const length of lengths) {
      for (const start of [0, 1, 3]) {
        const expected = crc32cPlain(noise, start, start + length)
        expect(crc32c(noise, start, start + length), `length ${length}`).toBe(expected)
        expect(native?.(noise.subarray(start, start + length)), `length ${length}`).toBe(expected)
      }
    }
  })

  it('changes with every bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(), (bytes, position) => {
        const damaged = bytes.slice()
        damaged[(position >> 3) % bytes.length] ^= 1 << (position & 7)
        return crc32c(damaged) !== crc32c(bytes)
      }),
    )
  })
})

describe('the mask', () => {
  it.each([
    [0, 0xa282ead8],
    [0xe3069283, 0xc78ab0e5],
    [0xffffffff, 0xa282ead7],
  ])("of %i is TensorFlow's", (crc, masked) => expect(maskCrc(crc)).toBe(masked))

  it('is undone by unmaskCrc', () => {
    fc.assert(fc.property(fc.nat(0xffffffff), (crc) => unmaskCrc(maskCrc(crc)) === crc))
  })
})

describe('loadNative', () => {
  it.each([
    [
      'does not load',
      () => {
        throw new Error('no binding for this platform')
      },
    ],
    ['lacks the function', () => ({})],
    ['gives wrong answers', () => ({ crc32c: () => 1 })],
  ])('gives null where the binding %s', (_, load) => expect(loadNative(load)).toBeNull())
})
