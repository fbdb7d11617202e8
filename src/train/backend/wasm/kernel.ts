import type * as tf from '@tensorflow/tfjs'
import { UnavailableError } from '../../../core/errors.ts'

/** What a kernel sees of the wasm backend: tensors that live on its heap. */
export interface WasmBackend {
  /** Allocates an output of that shape; its values are whatever the heap held. */
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo
  /** The values on the heap, not a copy. An allocation may grow the heap, which empties the views taken before. */
  typedArrayFromHeap(info: tf.TensorInfo): tf.TypedArray
  /** Gives up one owner of the data, which is freed with the last. */
  disposeData(dataId: tf.DataId): boolean
  /** Adds an owner. */
  incRef(dataId: tf.DataId): void
  /** The module of its kernels, as Emscripten makes it. */
  readonly wasm?: { readonly wasmMemory?: unknown }
}

/** One kernel call. The inputs belong to the caller; the result belongs to whoever gets it. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>
  readonly attrs: Readonly<Record<string, unknown>>
  readonly backend: WasmBackend
}

/** What a kernel does. */
export type KernelRun = (call: KernelCall) => tf.TensorInfo

/** The kernels as the backend brought them, by name, kept when one of ours takes their place. */
export const broughtKernels = new Map<string, KernelRun>()

/**
 * Calls a kernel that the wasm backend brings (never one of ours: a kernel may call the one it replaced).
 *
 * @param backend the backend of the call in progress
 * @param name the kernel's name in tfjs, as in `Conv2D`
 * @param inputs its tensors by name
 * @param attrs its attributes by name
 * @returns its output: return it, or `release` it
 */
export function callKernel(
  backend: WasmBackend,
  name: string,
  inputs: KernelCall['inputs'],
  attrs: KernelCall['attrs'] = {},
): tf.TensorInfo {
  const run = broughtKernels.get(name)
  if (run === undefined) throw new UnavailableError(`The wasm backend brings no kernel ${name}.`)
  return run({ inputs, attrs, backend })
}

/** Lets go of intermediate results. */
export function release(backend: WasmBackend, ...infos: readonly tf.TensorInfo[]): void {
  for (const { dataId } of infos) backend.disposeData(dataId)
}

/** The same data under another shape; no new owner, so it is not to be released. */
export function reshaped(info: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  return { dataId: info.dataId, dtype: info.dtype, shape }
}

/** The float32 values of a tensor on the heap, valid until the next allocation. */
export function floats(backend: WasmBackend, info: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array
}

/** A float32 output of zeros. */
export function zeros(backend: WasmBackend, shape: number[]): tf.TensorInfo {
  const out = backend.makeOutput(shape, 'float32')
  floats(backend, out).fill(0)
  return out
}

/** A transposed copy. */
export function transposed(backend: WasmBackend, x: tf.TensorInfo, perm: readonly number[]): tf.TensorInfo {
  return callKernel(backend, 'Transpose', { x }, { perm })
}

/** A copy of shape [..., batch] of a batch. Told as a matrix, half again as fast to transpose as axis by axis. */
export function batchLast(backend: WasmBackend, x: tf.TensorInfo): tf.TensorInfo {
  const [batch, ...shape] = x.shape
  const values = shape.reduce((product, size) => product * size, 1)
  return reshaped(transposed(backend, reshaped(x, [batch, values]), [1, 0]), [...shape, batch])
}

/**
 * A float32 copy turned by 180 degrees in its first two axes, as filters are. (`Reverse` works value by value: 2.4 ms for
 * a filter of 5x5x64x32, of which a training step turns several; this takes 0.02 ms.)
 */
export function turned(backend: WasmBackend, x: tf.TensorInfo): tf.TensorInfo {
  const out = backend.makeOutput(x.shape, 'float32')
  const from = floats(backend, x)
  const to = floats(backend, out)
  const places = x.shape[0] * x.shape[1]
  const size = from.length / places
  for (let place = 0; place < places; place++) {
    to.set(from.subarray(place * size, (place + 1) * size), (places - 1 - place) * size)
  }
  return out
}
