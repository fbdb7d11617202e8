/** Numbers that look random and follow from a seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number of 0 to `bound - 1`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound)
  }

  /** One of a list. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]
  }
}

/** Bytes that mean something in both formats: lengths, tags, ends of varints. */
const telling = [0, 1, 2, 0x08, 0x0a, 0x0d, 0x12, 0x1a, 0x20, 0x7f, 0x80, 0xff]

/** The bytes with up to three changes in them; sometimes others altogether. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.below(20) === 0) return Uint8Array.from({ length: random.below(200) }, () => random.below(256))
  let changed = Uint8Array.from(bytes)
  for (let changes = random.below(4); changes > 0; changes--) changed = mutateOnce(changed, random)
  return changed
}

function mutateOnce(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1)
  const length = random.below(Math.min(24, bytes.length - at) + 1)
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      bytes[at] ^= 1 << random.below(8)
      return bytes
    case 3:
    case 4:
      bytes[at] = random.pick(telling)
      return bytes
    case 5:
    case 6:
      bytes[at] = random.below(256)
      return bytes
    case 7:
      return bytes.slice(0, at)
    case 8:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length))
    case 9:
      return joined(bytes.subarray(0, at + length), bytes.subarray(at))
    default:
      return joined(
        bytes.subarray(0, at),
        Uint8Array.from({ length }, () => random.pick(telling)),
        bytes.subarray(at),
      )
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
