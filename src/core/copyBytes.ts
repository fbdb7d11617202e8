/** Below this the call costs more than it saves. */
const leastBytes = 1 << 12

/**
 * Copies typed values into as many of the same class, which they do not overlap. Where one of them lies in shared memory,
 * `set` moves word by word, as the memory model of the language has it; `fill` of a Buffer copies the block at once, in
 * half the time.
 */
export function copyBytes(target: Uint8Array | Float32Array, source: Uint8Array | Float32Array): void {
  const { buffer, byteOffset, byteLength } = target
  if (byteLength >= leastBytes && (isShared(buffer) || isShared(source.buffer))) {
    const bytes = new Uint8Array(source.buffer, source.byteOffset, byteLength)
    Buffer.from(buffer, byteOffset, byteLength).fill(bytes)
  } else target.set(source)
}

function isShared(buffer: ArrayBufferLike): boolean {
  return buffer instanceof SharedArrayBuffer
}
