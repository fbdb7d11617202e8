import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { compute, expectClose, values, type Values } from './onBackend.ts'

const shapes: readonly (readonly [readonly number[], number, number, number])[] = [
  [[], 1, 1, 1],
  [[], 3, 5, 7],
  [[], 2, 64, 40],
  [[], 40, 3, 2],
  [[], 8, 20, 60],
  [[1], 9, 20, 60],
  [[4], 3, 5, 2],
  [[2, 3], 4, 2, 5],
]

const flips = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const

async function expectAsOnCpu(
  a: readonly number[],
  b: readonly number[],
  transposeA: boolean,
  transposeB: boolean,
): Promise<void> {
  const flip = (shape: readonly number[], yes: boolean) =>
    yes ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape
  const inputs = [values(flip(a, transposeA), 1), values(flip(b, transposeB), 2)]
  const product = (x: tf.Tensor, y: tf.Tensor) => [tf.matMul(x, y, transposeA, transposeB)]
  expectClose(await compute('wasm', inputs, product), await compute('cpu', inputs, product))
}

describe.each(flips)('matMul, transposed %s and %s', (transposeA, transposeB) => {
  it.each(shapes)('batch %j, %i x %i x %i', (batch, rows, inner, columns) =>
    expectAsOnCpu([...batch, rows, inner], [...batch, inner, columns], transposeA, transposeB),
  )

  it.each([
    [
      [1, 3, 4],
      [5, 4, 2],
    ],
    [
      [5, 3, 4],
      [1, 4, 2],
    ],
    [
      [2, 1, 3, 4],
      [1, 3, 4, 2],
    ],
  ])('broadcasts %j by %j', (a, b) => expectAsOnCpu(a, b, transposeA, transposeB))

  it('equals cpu for any small matrices', async () => {
    const size = fc.integer({ min: 1, max: 12 })
    await fc.assert(
      fc.asyncProperty(size, size, size, (rows, inner, columns) =>
        expectAsOnCpu([rows, inner], [inner, columns], transposeA, transposeB),
      ),
      { numRuns: 25, seed: 8 },
    )
  })
})

describe('einsum', () => {
  it.each([
    ['ij->ji', [[2, 3]]],
    ['ij->i', [[2, 3]]],
    ['ij->', [[2, 3]]],
    [
      'ij,jk->ik',
      [
        [2, 3],
        [3, 4],
      ],
    ],
    [
      'ij,jk->ki',
      [
        [2, 3],
        [3, 4],
      ],
    ],
    [
      'ij,ij->ij',
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'ij,ij->',
      [
        [2, 3],
        [2, 3],
      ],
    ],
    ['i,j->ij', [[2], [3]]],
    [
      'bij,bjk->bik',
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
    [
      'abc,acd->adb',
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
    [
      'ijk,kl->jl',
      [
        [2, 3, 4],
        [4, 5],
      ],
    ],
    [
      'btnh,bfnh->bnft',
      [
        [2, 3, 2, 4],
        [2, 5, 2, 4],
      ],
    ],
  ] as const)('%s', async (equation, operands) => {
    const inputs = operands.map((shape, i) => values(shape, i + 1))
    const product = (...tensors: tf.Tensor[]) => [tf.einsum(equation, ...tensors)]
    expectClose(await compute('wasm', inputs, product), [multipliedOut(equation, inputs)])
  })
})

/** The definition of einsum: over all values of all labels, add up the products. */
function multipliedOut(equation: string, operands: readonly Values[]): Values {
  const [left, right] = equation.split('->')
  const terms = left.split(',')
  const sizes = new Map(
    terms.flatMap((term, t) => Array.from(term, (label, i) => [label, operands[t].shape[i]] as const)),
  )
  const labels = [...sizes.keys()]
  const shape = Array.from(right, (label) => sizes.get(label) ?? 0)
  const data = new Float32Array(tf.util.sizeFromShape(shape))
  const place = (term: string, at: ReadonlyMap<string, number>) =>
    Array.from(term).reduce((index, label) => index * (sizes.get(label) ?? 0) + (at.get(label) ?? 0), 0)
  const total = [...sizes.values()].reduce((product, size) => product * size, 1)
  for (let n = 0; n < total; n++) {
    let rest = n
    const at = new Map(
      labels.map((label) => {
        const size = sizes.get(label) ?? 1
        const value = rest % size
        rest = Math.floor(rest / size)
        return [label, value] as const
      }),
    )
    data[place(right, at)] += terms.reduce((product, term, t) => product * operands[t].data[place(term, at)], 1)
  }
  return { shape, data }
}
