/**
 * Kernels of our own that work in the memory of the wasm backend, with SIMD: the sources are in `assembly`. That memory is
 * shared where the backend has threads, and only such a one can be lent to another module; a backend of one thread goes
 * on with the plain loops.
 */
import { moduleBytes } from './heapBytes.ts'
import type { WasmBackend } from './kernel.ts'

/** What the module exports; places are byte offsets in the memory, and the sources say what lies there. */
export interface HeapKernels {
  adam(...numbers: readonly number[]): void
  columnTotals(values: number, rows: number, width: number, totals: number, output: number): void
  maxPoolGrad(...numbers: readonly number[]): void
  filterGrad(...numbers: readonly number[]): void
}

interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: object }
}

const known = new WeakMap<WasmBackend, { readonly kernels: HeapKernels | undefined }>()

/** The kernels over the memory of a backend; undefined where they cannot be had. */
export function heapKernels(backend: WasmBackend): HeapKernels | undefined {
  let found = known.get(backend)
  if (found === undefined) {
    found = { kernels: instantiate(backend) }
    known.set(backend, found)
  }
  return found.kernels
}

function instantiate({ wasm }: WasmBackend): HeapKernels | undefined {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface }).WebAssembly
  try {
    const module = new Module(Buffer.from(moduleBytes, 'base64'))
    return new Instance(module, { env: { memory: wasm?.wasmMemory } }).exports as HeapKernels
  } catch {
    // Memory that is not shared, or an engine without SIMD.
    return undefined
  }
}
