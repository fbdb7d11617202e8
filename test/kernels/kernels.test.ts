import { beforeAll, describe, expect, it } from 'vitest'
import { affine } from '../../src/kernels/affine.ts'
import { affinePlain } from '../../src/kernels/affinePlain.ts'
import { areaPlain } from '../../src/kernels/areaPlain.ts'
import { areaSampling } from '../../src/kernels/areaSampling.ts'
import { bilinear } from '../../src/kernels/bilinear.ts'
import { bilinearPlain } from '../../src/kernels/bilinearPlain.ts'
import { scaleSaturation, turnHue } from '../../src/kernels/colour.ts'
import { filters } from '../../src/kernels/filters.ts'
import { huePlain } from '../../src/kernels/huePlain.ts'
import { kernelInput } from '../../src/kernels/kernelMemory.ts'
import { instantiateKernels, kernelModule } from '../../src/kernels/kernelModule.ts'
import { linearSampling, reversedSampling } from '../../src/kernels/linearSampling.ts'
import { mirror } from '../../src/kernels/mirror.ts'
import { mirrorPlain } from '../../src/kernels/mirrorPlain.ts'
import { saturationPlain } from '../../src/kernels/saturationPlain.ts'
import { toBytes } from '../../src/kernels/toBytes.ts'
import { toBytesPlain } from '../../src/kernels/toBytesPlain.ts'
import { area, weighted } from '../../src/kernels/weighted.ts'
import { weightedPlain } from '../../src/kernels/weightedPlain.ts'
import { filteredSampling } from '../../src/kernels/weightedSampling.ts'
import { noiseBytes, noiseFloats } from './noise.ts'

/* Each kernel gives the bits of its plain version, at every length from 0 to 130 and for every number of channels. */

const lengths = Array.from({ length: 131 }, (_, i) => i)
const makers = { uint8: noiseBytes, float32: noiseFloats }

/** The values of an array with guards around it, to see that nothing else is written. */
function guarded(length: number): { readonly target: Float32Array; readonly intact: () => boolean } {
  const block = new Float32Array(length + 8).fill(7)
  const guards = (): number[] => [...block.subarray(0, 4), ...block.subarray(length + 4)]
  return { target: block.subarray(4, length + 4), intact: () => guards().every((value) => value === 7) }
}

const sameBytes = (a: Uint8Array | Float32Array, b: Uint8Array | Float32Array): boolean =>
  Buffer.from(a.slice().buffer).equals(Buffer.from(b.slice().buffer))

function expectSame(
  length: number,
  kernel: (target: Float32Array) => void,
  plain: (target: Float32Array) => void,
): void {
  const { target, intact } = guarded(length)
  const wanted = new Float32Array(length)
  kernel(target)
  plain(wanted)
  expect(sameBytes(target, wanted), 'the bits are the same').toBe(true)
  expect(intact(), 'nothing else is written').toBe(true)
}

beforeAll(() => {
  expect(kernelModule(), 'the kernels load').not.toBeNull()
})

describe.each(Object.entries(makers))('kernels on %s', (_dtype, make) => {
  it('bilinear gives what its plain version gives', () => {
    for (const length of lengths) {
      const channels = [1, 2, 3, 4, 5, 8][length % 6]
      const [height, width] = [1 + (length % 7), 1 + length]
      const source = { data: make(height * width * channels, length + 1), height, width, channels }
      const rows = linearSampling(1 + ((length * 5) % 11), height)
      const across = linearSampling(1 + ((length * 7) % 131), width)
      const columns = length % 2 === 0 ? across : reversedSampling(across)
      const each = (from: number): Float32Array => Float32Array.from({ length: channels }, (_, c) => from + c / 3)
      const numbers = { delta: length / 7, subtract: each(0.1), multiply: each(2.3), add: each(-1) }
      const size = rows.lerp.length * columns.lerp.length * channels
      for (const own of [undefined, numbers]) {
        expectSame(
          size,
          (target) => bilinear(source, rows, columns, own, target),
          (target) => bilinearPlain(source, rows, columns, own, target),
        )
      }
    }
  })

  it('bilinear reads a part of an image that lies anywhere', () => {
    const data = make(31 * 17 * 3).subarray(3)
    const source = { data: data.subarray(0, 30 * 17 * 3), height: 30, width: 17, channels: 3 }
    const rows = linearSampling(9, 11, 13)
    const columns = linearSampling(20, 5, 12)
    expectSame(
      9 * 20 * 3,
      (target) => bilinear(source, rows, columns, undefined, target),
      (target) => bilinearPlain(source, rows, columns, undefined, target),
    )
  })

  it('weighted gives what its plain version gives', () => {
    for (const length of lengths) {
      const channels = [1, 2, 3, 4, 5][length % 5]
      const [height, width] = [1 + (length % 9), 1 + length]
      const source = { data: make(height * width * channels, length + 1), height, width, channels }
      const filter = Object.values(filters)[length % 6]
      const rows = filteredSampling(1 + ((length * 5) % 11), height, filter, length % 2 === 0)
      const columns = filteredSampling(1 + ((length * 7) % 131), width, filter, length % 2 === 0)
      expectSame(
        rows.start.length * columns.start.length * channels,
        (target) => weighted(source, rows, columns, target),
        (target) => weightedPlain(source, rows, columns, target),
      )
    }
  })

  it('area gives what its plain version gives', () => {
    for (const length of lengths) {
      const channels = [1, 2, 3, 4, 5][length % 5]
      const [height, width] = [1 + (length % 9), 1 + length]
      const source = { data: make(height * width * channels, length + 1), height, width, channels }
      const rows = areaSampling(1 + ((length * 5) % 11), height)
      const columns = areaSampling(1 + ((length * 7) % 131), width)
      expectSame(
        rows.start.length * columns.start.length * channels,
        (target) => area(source, rows, columns, target),
        (target) => areaPlain(source, rows, columns, target),
      )
    }
  })

  it('affine gives what its plain version gives', () => {
    for (const length of lengths) {
      for (const channels of [1, 2, 3, 4, 7]) {
        const data = make(length * channels, length + 1)
        const each = (from: number): Float32Array => Float32Array.from({ length: channels }, (_, c) => from + c / 3)
        const numbers = { delta: 0.25, subtract: each(0.5), multiply: each(1.7), add: each(-3) }
        expectSame(
          data.length,
          (target) => affine(data, numbers, target),
          (target) => affinePlain(data, numbers, target),
        )
      }
    }
  })

  it('mirror gives what its plain version gives', () => {
    for (const width of lengths) {
      for (const channels of [1, 2, 3, 4, 5, 6]) {
        const source = { data: make(3 * width * channels, width + 1), height: 3, width, channels }
        const [own, wanted] = [source.data.slice(), source.data.slice()]
        mirror(source, own)
        mirrorPlain(source, wanted)
        expect(sameBytes(own, wanted), `width ${width}, ${channels} channels`).toBe(true)
      }
    }
  })
})

describe('kernels on colours', () => {
  const pixels = (length: number): Float32Array => noiseFloats(3 * length, length + 1)

  it.each([0, 0.1, -0.3, 0.5, 1, -1, 0.999])('turnHue by %s gives what its plain version gives', (delta) => {
    for (const length of lengths) {
      const [own, wanted] = [pixels(length), pixels(length)]
      turnHue(own, delta)
      huePlain(wanted, delta)
      expect(sameBytes(own, wanted), `${length} pixels`).toBe(true)
    }
  })

  it.each([0, 0.5, 1, 1.7, 5, -1])('scaleSaturation by %s gives what its plain version gives', (factor) => {
    for (const length of lengths) {
      const [own, wanted] = [pixels(length), pixels(length)]
      scaleSaturation(own, factor)
      saturationPlain(wanted, factor)
      expect(sameBytes(own, wanted), `${length} pixels`).toBe(true)
    }
  })

  it('give the same for values outside 0 to 1, and for equal channels', () => {
    const values = Float32Array.from(
      { length: 3 * 512 },
      (_, i) => [-2, -0.5, 0, 0.5, 1, 3, 300, 1e-30][(i * 7 + (i >> 4)) % 8],
    )
    for (const [kernel, plain] of [
      [turnHue, huePlain],
      [scaleSaturation, saturationPlain],
    ]) {
      const [own, wanted] = [values.slice(), values.slice()]
      kernel(own, 0.7)
      plain(wanted, 0.7)
      expect(sameBytes(own, wanted), kernel.name).toBe(true)
    }
  })
})

describe('toBytes', () => {
  it('gives what its plain version gives', () => {
    for (const length of lengths) {
      const values = noiseFloats(length, length + 1).map(
        (value, i) => [value, 3 * value - 1, NaN, Infinity, -1e30][i % 5],
      )
      const [own, wanted] = [new Uint8Array(length), new Uint8Array(length)]
      toBytes(values, 255.5, own)
      toBytesPlain(values, 255.5, wanted)
      expect(own).toEqual(wanted)
    }
  })
})

describe('the memory of the kernels', () => {
  it('takes an image where a decoder wrote it, and grows', () => {
    for (const side of [3, 300, 1000, 40]) {
      const place = kernelInput(side * side * 3)
      place.set(noiseBytes(place.length))
      const source = { height: side, width: side, channels: 3 }
      const sampling = linearSampling(17, side)
      const copy = place.slice()
      expectSame(
        17 * 17 * 3,
        (target) => bilinear({ ...source, data: place }, sampling, sampling, undefined, target),
        (target) => bilinearPlain({ ...source, data: copy }, sampling, sampling, undefined, target),
      )
    }
  })

  it('is not asked for more than it may hold', () => {
    const place = kernelInput(2 ** 28)
    expect(place.length).toBe(2 ** 28)
  })
})

describe('the module', () => {
  it('is null where there is no WebAssembly, or one that refuses it', () => {
    expect(instantiateKernels(null)).toBeNull()
    const Module = function (): never {
      throw new Error('no SIMD')
    }
    expect(instantiateKernels({ Module })).toBeNull()
  })

  it('has a memory of its own each time', () => {
    expect(instantiateKernels()?.memory).not.toBe(instantiateKernels()?.memory)
  })
})
