import { Rng } from '../../src/core/random.ts'

/** Bytes that depend on `seed` alone. */
export function noiseBytes(length: number, seed = 1): Uint8Array {
  const rng = new Rng({ a: seed, b: 0 })
  return Uint8Array.from({ length }, () => rng.integer(256))
}

/** Floats from 0 to 1, with some that are 0 and 1. */
export function noiseFloats(length: number, seed = 1): Float32Array {
  const rng = new Rng({ a: seed, b: 1 })
  return Float32Array.from({ length }, () => [rng.uniform(), rng.uniform(), rng.uniform(), 0, 1][rng.integer(5)])
}
