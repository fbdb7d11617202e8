import { describe, expect, it } from 'vitest'
import { MillraceError } from '../../src/core/errors.ts'
import * as image from '../../src/image/index.ts'
import type { NdArray } from '../../src/ndarray/ndarray.ts'
import { goldenCases, imageOf, resultOf } from '../image/goldenImages.ts'

type Run = (x: never, ...args: never[]) => NdArray
type Numbers = NdArray<'float32'>
type Method = image.ResizeMethod

/** How each operation of image.py is called here, where name and arguments are not the same. */
const runs: Readonly<Record<string, Run>> = {
  clip: image.clip,
  convertImageDtype: (x: Numbers, dtype: 'uint8', saturate: boolean) => image.convertImageDtype(x, dtype, { saturate }),
  cropAndResize: (
    x: Numbers,
    boxes: number[][],
    indices: number[],
    size: [number, number],
    method: 'nearest',
    extrapolationValue: number,
  ) => image.cropAndResize(x, boxes, indices, size, { method, extrapolationValue }),
  drawBoundingBoxes: (x: Numbers, boxes: number[][][], colors: number[][] | null) =>
    image.drawBoundingBoxes(x, boxes, colors ?? undefined),
  rescale: (x: Numbers, low: number, high: number) => image.normalize(x, [low, high]),
  resize: (x: Numbers, size: [number, number], method: Method, antialias: boolean, preserveAspectRatio: boolean) =>
    image.resize(x, size, { method, antialias, preserveAspectRatio }),
  resizeWithPad: (x: Numbers, height: number, width: number, method: Method, antialias: boolean) =>
    image.resizeWithPad(x, height, width, { method, antialias }),
  standardize: (x: Numbers, mean: number[], std: number[]) => image.normalize(x, { mean, std }),
}

const runOf = (op: string): Run => runs[op] ?? (image as unknown as Readonly<Record<string, Run>>)[op]

/** Where a result may differ, by a share of the value: what a power, a sum and a division round. */
const tolerances: Readonly<Record<string, number>> = {
  adjustGamma: 2e-7,
  perImageStandardization: 1e-5,
  standardize: 2e-7,
}

const titled = goldenCases.map(
  (one) => [`${one.op} ${JSON.stringify(one.args)} of ${one.image.join(' ')}`, one] as const,
)

describe('as TensorFlow', () => {
  it.each(titled)('%s', (_title, { op, image: name, args, result }) => {
    const run = (): NdArray => runOf(op)(imageOf(name) as never, ...(args as never[]))
    if (result === undefined) {
      expect(run).toThrow(MillraceError)
      return
    }
    const made = run()
    const wanted = resultOf(result)
    expect([made.dtype, made.shape]).toEqual([wanted.dtype, wanted.shape])
    const worst = Math.max(
      0,
      ...Array.from(wanted.data as Float32Array, (value, i) => {
        const own = (made.data as Float32Array)[i]
        return Object.is(own, value) ? 0 : Math.abs(own - value) / Math.abs(value)
      }),
    )
    expect(worst).toBeLessThanOrEqual(tolerances[op] ?? 0)
  })
})
