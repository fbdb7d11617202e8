import { beforeAll, describe, expect, it } from 'vitest'
import { models } from '../../../examples/mnist/models.ts'
import { setBackend } from '../../../src/train/index.ts'

beforeAll(() => setBackend('cpu'))

const parameters = (name: keyof typeof models) =>
  models[name](1)
    .layers.map((layer) => layer.countParams())
    .filter((count) => count > 0)

describe('the networks', () => {
  it('LeNet-5 has its published numbers of parameters', () => {
    expect(parameters('lenet5')).toEqual([156, 2416, 48120, 10164, 850])
  })

  it('the CNN has those of the tutorial', () => {
    expect(parameters('cnn')).toEqual([832, 51264, 3136 * 512 + 512, 5130])
  })

  it('Inception joins its branches on channels', () => {
    const joined = models.inception(1).layers.filter((layer) => layer.getClassName() === 'Concatenate')
    expect(joined.map(({ outputShape }) => outputShape)).toEqual([
      [null, 14, 14, 48],
      [null, 7, 7, 80],
    ])
  })

  it.each(['cnn', 'lenet5', 'inception'] as const)(
    '%s begins with the same weights for the same seed',
    async (name) => {
      const weights = (seed: number) =>
        Promise.all(
          models[name](seed)
            .getWeights()
            .map((weight) => weight.array()),
        )
      expect(await weights(3)).toEqual(await weights(3))
      expect(await weights(3)).not.toEqual(await weights(4))
    },
  )
})
