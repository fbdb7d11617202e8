/** Below this the call costs more than it saves. */
const leastBytes = 1 << 12

/**
 * Copies typed values over those of the same class from `start` on, which they do not overlap. Where one of them lies in
 * shared memory, `set` moves word by word, as the memory model of the language has it; `fill` of a Buffer copies the block at
 * once, in half the time.
 */
export function copyBytes(target: Uint8Array | Float32Array, source: Uint8Array | Float32Array, start = 0): void {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = target
  const { byteLength } = source
  if (byteLength >= leastBytes && (isShared(buffer) || isShared(source.buffer))) {
    const bytes = new Uint8Array(source.buffer, source.byteOffset, byteLength)
    Buffer.from(buffer, byteOffset + start * BYTES_PER_ELEMENT, byteLength).fill(bytes)
  } else target.set(source, start)
}

function isShared(buffer: ArrayBufferLike): boolean {
  return buffer instanceof SharedArrayBuffer
}
