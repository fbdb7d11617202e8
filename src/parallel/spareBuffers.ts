/**
 * Memory of worker maps that are over, for the next one of the same function: an epoch begins with what the last one
 * left. Held weakly, so that the garbage collector takes what no other epoch has asked for by then.
 */

const spares = new Map<string, WeakRef<SharedArrayBuffer>[]>()

/** Functions whose memory is remembered. */
const mostKeys = 16

/** Leaves free memory to whoever asks for that of the same key. */
export function leaveSpare(key: string, buffers: readonly SharedArrayBuffer[]): void {
  if (buffers.length === 0) return
  const left = spares.get(key) ?? []
  spares.delete(key)
  if (spares.size === mostKeys) spares.delete(spares.keys().next().value as string)
  spares.set(key, [...left.filter((spare) => spare.deref() !== undefined), ...buffers.map((one) => new WeakRef(one))])
}

/** Memory that was left under a key, and nobody else has; undefined where there is none. */
export function takeSpare(key: string): SharedArrayBuffer | undefined {
  const left = spares.get(key)
  for (let spare = left?.pop(); spare !== undefined; spare = left?.pop()) {
    const buffer = spare.deref()
    if (buffer !== undefined) return buffer
  }
  return undefined
}
