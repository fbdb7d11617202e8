import type * as tf from '@tensorflow/tfjs'
import { callKernel, release, transposed, type KernelCall, type WasmBackend } from './kernel.ts'

/**
 * `BatchMatMul` without the slow path of the wasm backend, which takes a transposed operand value by value (3 GFLOP/s
 * against 40). Transposing copies first costs one pass over an operand; of the ways to write the product it takes the
 * one that copies least:
 *
 *     AᵀB        copies A
 *     ABᵀ        copies B, or, as (BAᵀ)ᵀ, A and the product
 *     AᵀBᵀ       copies the product, as (BA)ᵀ
 *
 * @returns float32 [..., rows, columns]
 */
export function batchMatMul({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { a, b } = inputs
  const { transposeA, transposeB } = attrs
  if (transposeA === true && transposeB === true) return flipped(backend, b, a)
  if (transposeA === true) return withFlipped(backend, a, (aFlipped) => product(backend, aFlipped, b))
  if (transposeB !== true) return plain(backend, a, b)
  const rows = a.shape[a.shape.length - 2]
  const [columns, inner] = b.shape.slice(-2)
  const viaProduct = rows * inner + rows * columns
  return columns * inner <= viaProduct
    ? withFlipped(backend, b, (bFlipped) => product(backend, a, bFlipped))
    : withFlipped(backend, a, (aFlipped) => flipped(backend, b, aFlipped))
}

/**
 * AB, or (BᵀAᵀ)ᵀ where B is much the larger: XNNPACK rearranges its right operand first, 2 ns a value, which takes three
 * times as long as a transposed copy does (100 x 3136 by 3136 x 512: 5.4 ms against 7).
 */
function plain(backend: WasmBackend, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const [rows, inner] = a.shape.slice(-2)
  const columns = b.shape[b.shape.length - 1]
  const one =
    a.shape.length === b.shape.length && [...a.shape.slice(0, -2), ...b.shape.slice(0, -2)].every((n) => n === 1)
  if (!one || rows < 8 || 3 * inner * columns <= 5 * rows * inner + rows * columns) return product(backend, a, b)
  return withFlipped(backend, a, (aFlipped) =>
    withFlipped(backend, b, (bFlipped) => flipped(backend, bFlipped, aFlipped)),
  )
}

function product(backend: WasmBackend, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  return callKernel(backend, 'BatchMatMul', { a, b }, { transposeA: false, transposeB: false })
}

/** The product of two matrices, transposed. */
function flipped(backend: WasmBackend, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const out = product(backend, a, b)
  const result = flip(backend, out)
  release(backend, out)
  return result
}

function withFlipped(
  backend: WasmBackend,
  x: tf.TensorInfo,
  use: (flippedX: tf.TensorInfo) => tf.TensorInfo,
): tf.TensorInfo {
  const copy = flip(backend, x)
  const result = use(copy)
  release(backend, copy)
  return result
}

/** Swaps the last two axes. */
function flip(backend: WasmBackend, x: tf.TensorInfo): tf.TensorInfo {
  const axes = x.shape.map((_, axis) => axis)
  return transposed(backend, x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
}
