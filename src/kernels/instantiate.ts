interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

/**
 * A new instance of a compiled module of kernels, or null where there is no WebAssembly, it lacks SIMD, or what the module
 * imports does not fit.
 *
 * @param bytes the module, in base64
 * @param webAssembly replaced in tests
 * @returns its exports
 */
export function instantiate(
  bytes: string,
  imports: object,
  webAssembly: unknown = (globalThis as { readonly WebAssembly?: unknown }).WebAssembly,
): object | null {
  try {
    const { Module, Instance } = webAssembly as WebAssemblyInterface
    return new Instance(new Module(Buffer.from(bytes, 'base64')), imports).exports
  } catch {
    return null
  }
}
