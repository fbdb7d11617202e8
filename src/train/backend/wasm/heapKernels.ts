/**
 * Kernels of our own that work in the memory of the wasm backend, with SIMD: the sources are in `assembly`. That memory is
 * shared where the backend has threads, and only such a one can be lent to another module; a backend of one thread goes
 * on with the plain loops.
 */
import { instantiate } from '../../../kernels/instantiate.ts'
import { moduleBytes } from './heapBytes.ts'
import type { WasmBackend } from './kernel.ts'

/** What the module exports; places are byte offsets in the memory, and the sources say what lies there. */
export interface HeapKernels {
  adam(...numbers: readonly number[]): void
  columnTotals(values: number, rows: number, width: number, totals: number, output: number): void
  maxPoolGrad(...numbers: readonly number[]): void
  filterGrad(...numbers: readonly number[]): void
}

const known = new WeakMap<WasmBackend, HeapKernels | null>()

/** The kernels over the memory of a backend; null where they cannot be had. */
export function heapKernels(backend: WasmBackend): HeapKernels | null {
  let kernels = known.get(backend)
  if (kernels === undefined) {
    const memory = backend.wasm?.wasmMemory
    kernels = instantiate(moduleBytes, { env: { memory } }) as HeapKernels | null
    known.set(backend, kernels)
  }
  return kernels
}
