/**
 * The checksum of TFRecord files: CRC-32C, masked. The native binding uses the processor's own CRC instruction but each
 * call costs about 0.1 us (measured: even with plain TypeScript at 256 bytes, twice as fast at 900, four times at
 * 200 KB), so short inputs never leave TypeScript, and a machine without the binding loses speed only.
 */
import { createRequire } from 'node:module'
import { crc32cPlain } from './crc32cPlain.ts'

/** Length in bytes from which the native call wins. */
const nativeFromBytes = 256

type Checksum = (bytes: Uint8Array) => number

/** Undefined until first needed: importing this file loads nothing. Null where the binding is missing or wrong. */
let native: Checksum | null | undefined

/**
 * The CRC-32C of `bytes` from `start` (default 0) to `end` (default all, not included), as a number of 0 to 2^32 - 1.
 *
 * @example
 * crc32c(new TextEncoder().encode('123456789')).toString(16) // 'e3069283'
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const length = end - start
  if (length < nativeFromBytes) return crc32cPlain(bytes, start, end)
  if (native === undefined) native = loadNative()
  if (native === null) return crc32cPlain(bytes, start, end)
  return native(length === bytes.length ? bytes : bytes.subarray(start, end))
}

/** TFRecord's mask: a checksum stored beside data that holds checksums itself must not look like one of them. */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

/** Undoes maskCrc. */
export function unmaskCrc(masked: number): number {
  const rotated = (masked - 0xa282ead8) | 0
  return ((rotated >>> 17) | (rotated << 15)) >>> 0
}

/**
 * The native checksum, or null where it does not load or does not agree with the plain one.
 *
 * @param load gives the binding; replaced in tests
 */
export function loadNative(
  load: () => unknown = () => createRequire(import.meta.url)('@node-rs/crc32') as unknown,
): Checksum | null {
  try {
    const { crc32c: checksum } = load() as { crc32c: Checksum }
    const sample = Uint8Array.from({ length: 300 }, (_, i) => i * 7)
    return checksum(sample) === crc32cPlain(sample, 0, 300) ? checksum : null
  } catch {
    return null
  }
}
