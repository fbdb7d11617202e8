import * as tf from '@tensorflow/tfjs'
import { InvalidArgumentError } from '../../../core/errors.ts'
import { batchMatMul } from './batchMatMul.ts'
import { callKernel, release, reshaped, transposed, type KernelCall, type WasmBackend } from './kernel.ts'

/** A tensor whose axes have names. */
interface Labelled {
  readonly info: tf.TensorInfo
  readonly labels: readonly string[]
}

/**
 * `Einsum` of one tensor or two, as one matrix product: axes that both have and the result keeps are the batch, those
 * it drops are summed by the product, and the rest are rows and columns. (tfjs multiplies everything out instead.)
 *
 * @returns float32, one axis for each label after the arrow
 */
export function einsum({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const [left, right = ''] = (attrs['equation'] as string).replaceAll(' ', '').split('->')
  const terms = left.split(',').map((term) => Array.from(term))
  const wanted = Array.from(right)
  const tensors = terms.map((labels, i): Labelled => ({ info: owned(backend, inputs[i]), labels }))
  tf.backend_util.decodeEinsumEquation(`${left}->${right}`, terms.length) // refuses what is no equation

  const others = (i: number) => [...wanted, ...(terms[1 - i] ?? [])]
  const [a, b] = tensors.map((tensor, i) => sumAway(backend, tensor, others(i)))
  const product = tensors.length === 1 ? a : multiply(backend, a, b, wanted)
  return arranged(backend, product, wanted).info
}

/** Another owner of the same data, so that every step may let go of what it was given. */
function owned(backend: WasmBackend, info: tf.TensorInfo): tf.TensorInfo {
  backend.incRef(info.dataId)
  return info
}

/** Sums over the axes that are not in `kept`. */
function sumAway(backend: WasmBackend, { info, labels }: Labelled, kept: readonly string[]): Labelled {
  const axis = labels.flatMap((label, i) => (kept.includes(label) ? [] : [i]))
  if (axis.length === 0) return { info, labels }
  const summed = callKernel(backend, 'Sum', { x: info }, { axis, keepDims: false })
  release(backend, info)
  return { info: summed, labels: labels.filter((label) => kept.includes(label)) }
}

/** Puts the axes into the order of `labels`. */
function arranged(backend: WasmBackend, x: Labelled, labels: readonly string[]): Labelled {
  const perm = labels.map((label) => x.labels.indexOf(label))
  if (perm.every((from, to) => from === to)) return x
  const info = transposed(backend, x.info, perm)
  release(backend, x.info)
  return { info, labels }
}

function multiply(backend: WasmBackend, a: Labelled, b: Labelled, wanted: readonly string[]): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label))
  const batch = shared.filter((label) => wanted.includes(label))
  const inner = shared.filter((label) => !wanted.includes(label))
  const rows = a.labels.filter((label) => !shared.includes(label))
  const columns = b.labels.filter((label) => !shared.includes(label))
  const sizes = sizesOf([a, b])
  const shapeOf = (labels: readonly string[]) => labels.map((label) => sizes.get(label) ?? 1)
  const count = (labels: readonly string[]) => tf.util.sizeFromShape(shapeOf(labels))

  const aInOrder = arranged(backend, a, [...batch, ...rows, ...inner]).info
  const bInOrder = arranged(backend, b, [...batch, ...inner, ...columns]).info
  const matrices = {
    a: reshaped(aInOrder, [count(batch), count(rows), count(inner)]),
    b: reshaped(bInOrder, [count(batch), count(inner), count(columns)]),
  }
  const out = batchMatMul({ inputs: matrices, attrs: {}, backend })
  release(backend, aInOrder, bInOrder)
  const labels = [...batch, ...rows, ...columns]
  return { info: { ...out, shape: shapeOf(labels) }, labels }
}

/** The size of each label's axis, refusing two sizes for one label. */
function sizesOf(tensors: readonly Labelled[]): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const { info, labels } of tensors) {
    for (const [i, label] of labels.entries()) {
      const known = sizes.get(label) ?? info.shape[i]
      if (known !== info.shape[i]) {
        throw new InvalidArgumentError(`einsum: axis ${label} is of ${known} and of ${info.shape[i]} values.`)
      }
      sizes.set(label, known)
    }
  }
  return sizes
}
