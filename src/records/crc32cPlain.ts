/** CRC-32C (Castagnoli, RFC 3720) in plain TypeScript: sixteen bytes a step, one table for each byte of the step. */

/** The Castagnoli polynomial, bits reversed. */
const polynomial = 0x82f63b78

const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = makeTables()

/**
 * The CRC-32C of `bytes` from `start` to `end` (not included), as a number of 0 to 2^32 - 1. Bytes are read in place.
 *
 * @example
 * crc32cPlain(new TextEncoder().encode('123456789'), 0, 9).toString(16) // 'e3069283'
 */
export function crc32cPlain(bytes: Uint8Array, start: number, end: number): number {
  const b = bytes
  const whole = end - 15
  let i = start
  let c = -1
  for (; i < whole; i += 16) {
    c =
      t15[(c ^ b[i]) & 255] ^
      t14[((c >>> 8) ^ b[i + 1]) & 255] ^
      t13[((c >>> 16) ^ b[i + 2]) & 255] ^
      t12[(c >>> 24) ^ b[i + 3]] ^
      t11[b[i + 4]] ^
      t10[b[i + 5]] ^
      t9[b[i + 6]] ^
      t8[b[i + 7]] ^
      t7[b[i + 8]] ^
      t6[b[i + 9]] ^
      t5[b[i + 10]] ^
      t4[b[i + 11]] ^
      t3[b[i + 12]] ^
      t2[b[i + 13]] ^
      t1[b[i + 14]] ^
      t0[b[i + 15]]
  }
  for (; i < end; i++) c = t0[(c ^ b[i]) & 255] ^ (c >>> 8)
  return ~c >>> 0
}

/** Table k gives what a byte does to the checksum when k more bytes follow it in the step. */
function makeTables(): Int32Array[] {
  const tables = Array.from({ length: 16 }, () => new Int32Array(256))
  for (let byte = 0; byte < 256; byte++) {
    let c = byte
    for (let bit = 0; bit < 8; bit++) c = (c & 1) === 1 ? (c >>> 1) ^ polynomial : c >>> 1
    tables[0][byte] = c
  }
  for (let k = 1; k < 16; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const c = tables[k - 1][byte]
      tables[k][byte] = (c >>> 8) ^ tables[0][c & 255]
    }
  }
  return tables
}
