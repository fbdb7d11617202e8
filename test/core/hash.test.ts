import { expect, it } from 'vitest'
import { hash128 } from '../../src/core/hash.ts'

const words = new Uint32Array(4)

function hex(text: string, seed: number): string {
  const bytes = new TextEncoder().encode(text)
  hash128(words, bytes, bytes.length, seed)
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('')
}

/** From the tests of github.com/PeterScott/murmur3. */
it.each([
  [123, 'Hello, world!', '61c9129e5a1aacd7a41621629e37c886'],
  [321, 'Hello, world!', 'd5fbdcb3c26c4193045880c5a7170f0f'],
  [123, 'x'.repeat(28), '5e40bab278825a164cf929d31fec6047'],
  [123, '', 'fedc524526f3e79926f3e79926f3e799'],
])('gives the published hash under seed %i of "%s"', (seed, text, expected) => {
  expect(hex(text, seed)).toBe(expected)
})

it('gives the verification value of SMHasher, over keys of 0 to 255 bytes', () => {
  const key = Uint8Array.from({ length: 256 }, (_, i) => i)
  const digests = new DataView(new ArrayBuffer(256 * 16))
  for (let length = 0; length < 256; length++) {
    hash128(words, key, length, 256 - length)
    words.forEach((word, i) => digests.setUint32(length * 16 + i * 4, word, true))
  }
  hash128(words, new Uint8Array(digests.buffer), digests.byteLength)
  expect(words[0]).toBe(0xb3ece62a)
})
