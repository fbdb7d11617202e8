const { fround } = Math

/** Each value times `scale` as a byte, in plain TypeScript: what `toBytes` is held to. */
export function toBytesPlain(values: Float32Array, scale: number, target: Uint8Array): void {
  const factor = fround(scale)
  for (let i = 0; i < values.length; i++) {
    const scaled = fround(values[i] * factor)
    target[i] = scaled < 0 ? 0 : scaled > 255 ? 255 : scaled
  }
}
