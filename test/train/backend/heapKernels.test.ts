import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachTap, type Geometry } from '../../../src/train/backend/wasm/geometry.ts'
import { heapKernels, type HeapKernels } from '../../../src/train/backend/wasm/heapKernels.ts'
import type { WasmBackend } from '../../../src/train/backend/wasm/kernel.ts'
import { twoByTwo } from '../../../src/train/backend/wasm/maxPoolGrad.ts'
import { columnTotals } from '../../../src/train/backend/wasm/sum.ts'

/** The kernels beside the plain loops that stand in for them where a backend has one thread. */

interface SharedMemory {
  readonly buffer: SharedArrayBuffer
}

const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (limits: object) => SharedMemory } })
  .WebAssembly

/** A heap as the threaded backend has it, and arrays on it one after the other. */
class Heap {
  readonly #memory = new Memory({ initial: 64, maximum: 1024, shared: true })
  readonly kernels = heapKernels({ wasm: { wasmMemory: this.#memory } } as unknown as WasmBackend) as HeapKernels
  #at = 1024

  take(length: number, valueAt: (i: number) => number = () => NaN): Float32Array {
    const values = new Float32Array(this.#memory.buffer, this.#at, length)
    this.#at += 4 * length + 16
    for (let i = 0; i < length; i++) values[i] = valueAt(i)
    return values
  }
}

/** Values that differ, some of them equal, some negative. */
const noise = (i: number): number => ((i * 7919) % 97) / 16 - 3

describe('kernels on the heap', () => {
  it('are not to be had over memory that is not shared', () => {
    expect(heapKernels({ wasm: { wasmMemory: new Memory({ initial: 1 }) } } as unknown as WasmBackend)).toBeNull()
    expect(heapKernels({} as WasmBackend)).toBeNull()
  })

  it('add up columns to the same bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 37 }), (rows, width) => {
        const heap = new Heap()
        const values = heap.take(rows * width, noise)
        const totals = heap.take(2 * width)
        const output = heap.take(width)
        heap.kernels.columnTotals(values.byteOffset, rows, width, totals.byteOffset, output.byteOffset)
        expect([...output]).toEqual([...Float32Array.from(columnTotals(values, width))])
      }),
    )
  })

  it('hand gradients to the largest of four', () => {
    const side = fc.integer({ min: 2, max: 7 })
    fc.assert(
      fc.property(
        fc.constantFrom(4, 8, 12),
        side,
        side,
        fc.integer({ min: 1, max: 3 }),
        (channels, height, width, images) => {
          const heap = new Heap()
          const [outHeight, outWidth] = [height >> 1, width >> 1]
          const x = heap.take(images * height * width * channels, noise)
          const dy = heap.take(images * outHeight * outWidth * channels, (i) => i + 1)
          const dx = heap.take(x.length, () => 0)
          const sizes = [images, height, width, channels, outHeight, outWidth]
          heap.kernels.maxPoolGrad(x.byteOffset, dy.byteOffset, dx.byteOffset, ...sizes)
          const expected = new Float32Array(x.length)
          const geometry = {
            batchSize: images,
            inHeight: height,
            inWidth: width,
            inChannels: channels,
            outHeight,
            outWidth,
          }
          twoByTwo(x, dy, expected, geometry as Geometry)
          expect([...dx]).toEqual([...expected])
        },
      ),
    )
  })

  it('add up the gradient of a filter', () => {
    const size = fc.integer({ min: 1, max: 5 })
    const sizes = fc.record({
      batchSize: fc.integer({ min: 1, max: 3 }),
      inHeight: fc.integer({ min: 3, max: 9 }),
      inWidth: fc.integer({ min: 3, max: 9 }),
      inChannels: fc.integer({ min: 1, max: 4 }),
      outChannels: fc.constantFrom(4, 8, 32, 36, 64),
      filterHeight: size,
      filterWidth: size,
      top: fc.integer({ min: 0, max: 2 }),
      left: fc.integer({ min: 0, max: 2 }),
    })
    fc.assert(
      fc.property(sizes, ({ top, left, ...shape }) => {
        const outHeight = Math.max(1, shape.inHeight + 2 * top - shape.filterHeight + 1)
        const outWidth = Math.max(1, shape.inWidth + 2 * left - shape.filterWidth + 1)
        const heap = new Heap()
        const x = heap.take(shape.batchSize * shape.inHeight * shape.inWidth * shape.inChannels, noise)
        const dy = heap.take(shape.batchSize * outHeight * outWidth * shape.outChannels, noise)
        const dw = heap.take(shape.filterHeight * shape.filterWidth * shape.inChannels * shape.outChannels)
        const { batchSize, inHeight, inWidth, inChannels, outChannels, filterHeight, filterWidth } = shape
        const inputs = [batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels]
        const places = [x, dy, dw].map(({ byteOffset }) => byteOffset)
        heap.kernels.filterGrad(...places, ...inputs, filterHeight, filterWidth, top, left)

        const expected = new Float64Array(dw.length)
        const ones = { strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 }
        const geometry = { ...shape, ...ones, outHeight, outWidth, padInfo: { top, left } } as unknown as Geometry
        eachTap(geometry, (output, input, filter) => {
          for (let ci = 0; ci < inChannels; ci++) {
            const to = (filter / outChannels) * inChannels * outChannels + ci * outChannels
            for (let co = 0; co < outChannels; co++) expected[to + co] += x[input + ci] * dy[output + co]
          }
        })
        expected.forEach((value, i) => expect(Math.abs(dw[i] - value)).toBeLessThan(1e-3))
      }),
    )
  })

  it('update weights by Adam to the same bits', () => {
    const heap = new Heap()
    const length = 1002
    const [w, g, m] = [noise, (i: number) => noise(i + 3), (i: number) => noise(i + 5) / 7].map((of) =>
      heap.take(length, of),
    )
    const v = heap.take(length, (i) => noise(i) ** 2)
    const outputs = Array.from({ length: 3 }, () => heap.take(length))
    const places = [w, g, m, v, ...outputs].map(({ byteOffset }) => byteOffset)
    const [beta1, beta2, rate, epsilon] = [0.9, 0.999, 0.00123, 1e-7]
    heap.kernels.adam(...places, length, beta1, beta2, rate, epsilon)
    for (let i = 0; i < length; i++) {
      const first = m[i] * beta1 + g[i] * (1 - beta1)
      const second = v[i] * beta2 + g[i] * g[i] * (1 - beta2)
      const change = (rate * first) / (Math.sqrt(second) + epsilon)
      expect(outputs.map((values) => values[i])).toEqual([w[i] - change, first, second].map(Math.fround))
    }
  })
})
