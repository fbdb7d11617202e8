import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { bidirectionalLstm, type MergeMode } from '../../../src/train/layers/bidirectionalLstm.ts'
import { lstm } from '../../../src/train/layers/lstm.ts'
import { orthogonalRows } from '../../../src/train/layers/orthogonal.ts'
import { backends, counts, values, type Values } from '../backend/onBackend.ts'

interface Case {
  readonly batch: number
  readonly steps: number
  readonly inputs: number
  readonly units: number
  readonly returnSequences: boolean
  readonly goBackwards: boolean
  readonly recurrentActivation: 'sigmoid' | 'hardSigmoid'
}

const whole: Case = {
  ...{ batch: 3, steps: 5, inputs: 2, units: 4 },
  ...{ returnSequences: true, goBackwards: false, recurrentActivation: 'sigmoid' as const },
}

/** Makes the weights of a layer. */
function build(layer: tf.layers.Layer, shape: readonly number[]): void {
  tf.tidy(() => {
    layer.apply(tf.zeros([...shape]))
  })
}

/** Output of a layer with given weights, and the gradients of x and the weights; fails if a tensor stays behind. */
function run(layer: tf.layers.Layer, x: Values, weights: readonly Values[]): number[][] {
  const input = tf.tensor(x.data, [...x.shape])
  build(layer, x.shape)
  tf.tidy(() => layer.setWeights(weights.map(({ data, shape }) => tf.tensor(data, [...shape]))))
  const variables = layer.trainableWeights.map((weight) => weight.read()).filter((w) => w instanceof tf.Variable)
  const all = tf.tidy(() => {
    const output = layer.apply(input) as tf.Tensor
    const dy = tf.tensor(values(output.shape, 9).data, output.shape)
    const weigh = (x: tf.Tensor) => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, dy)).asScalar()
    const { grads } = tf.variableGrads(() => weigh(input), variables)
    const dx = tf.grad(weigh)(input)
    return [output, dx, ...variables.map(({ name }) => grads[name])].map((t) => Array.from(t.dataSync()))
  })
  input.dispose()
  return all
}

function expectNear(got: number[][], wanted: number[][]): void {
  expect(got.map((list) => list.length)).toEqual(wanted.map((list) => list.length))
  wanted.forEach((list, i) => list.forEach((value, at) => expect(Math.abs(got[i][at] - value)).toBeLessThan(1e-5)))
}

function weightsFor({ inputs, units }: Case, seed: number): Values[] {
  return [[inputs, 4 * units], [units, 4 * units], [4 * units]].map((shape, i) => values(shape, seed + i))
}

function compare(one: Case): void {
  const { batch, steps, inputs, units, returnSequences, goBackwards, recurrentActivation } = one
  const options = { units, returnSequences, goBackwards, recurrentActivation }
  const x = values([batch, steps, inputs], 1)
  const reference = tf.layers.lstm({ ...options, recurrentInitializer: 'glorotNormal' })
  expectNear(run(lstm(options), x, weightsFor(one, 5)), run(reference, x, weightsFor(one, 5)))
}

describe('lstm', () => {
  beforeAll(() => setBackend('cpu'))

  it.each([
    ['every step', whole],
    ['the last step', { ...whole, returnSequences: false }],
    ['backwards', { ...whole, goBackwards: true }],
    ['backwards, the last step', { ...whole, goBackwards: true, returnSequences: false }],
    ['hard sigmoid', { ...whole, recurrentActivation: 'hardSigmoid' }],
    ['one of everything else', { ...whole, batch: 1, steps: 2, inputs: 1, units: 1 }],
  ] as const)('has the values and gradients of that of tfjs: %s', (_, one) => compare(one))

  it('has them at any small size', () => {
    const size = fc.integer({ min: 1, max: 6 })
    // The gradient of tfjs's own fails for a single step.
    const steps = fc.integer({ min: 2, max: 6 })
    const cases = fc.record({
      ...{ batch: size, steps, inputs: size, units: size },
      ...{ returnSequences: fc.boolean(), goBackwards: fc.boolean() },
      recurrentActivation: fc.constantFrom('sigmoid' as const, 'hardSigmoid' as const),
    })
    fc.assert(fc.property(cases, compare), { numRuns: 40 })
  })

  it('passes masked steps over, wherever they are', () => {
    const layer = lstm({ units: 3, returnSequences: true })
    const x = values([1, 5, 2], 3)
    const kept = [0, 2, 3]
    const short = { shape: [1, 3, 2], data: Float32Array.from(kept.flatMap((t) => [x.data[2 * t], x.data[2 * t + 1]])) }
    const mask = tf.tensor([1, 0, 1, 1, 0], [1, 5], 'bool')
    const apply = ({ data, shape }: Values, given?: tf.Tensor) =>
      tf.tidy(() => {
        const output = layer.apply(tf.tensor(data, [...shape]), given && { mask: given }) as tf.Tensor
        return Array.from(output.dataSync())
      })
    const [long, dense] = [apply(x, mask), apply(short)]
    const step = (list: number[], t: number) => list.slice(3 * t, 3 * t + 3)
    expect(step(long, 0)).toEqual(step(dense, 0))
    expect(step(long, 1)).toEqual(step(dense, 0))
    expect([step(long, 2), step(long, 3)]).toEqual([step(dense, 1), step(dense, 2)])
    expect(step(long, 4)).toEqual(step(dense, 2))
  })

  it('passes no gradient to masked steps, and the right one through them', () => {
    const layer = lstm({ units: 3 })
    const gradient = (x: tf.Tensor, mask?: tf.Tensor) =>
      tf.grad((input) => tf.sum(layer.apply(input, mask && { mask }) as tf.Tensor))(x)
    const x = values([1, 3, 2], 3)
    const long = gradient(tf.tensor(x.data, [1, 3, 2]), tf.tensor([1, 0, 1], [1, 3], 'bool')).dataSync()
    const short = gradient(tf.tensor([...x.data.slice(0, 2), ...x.data.slice(4)], [1, 2, 2])).dataSync()
    expect(Array.from(long.slice(2, 4))).toEqual([0, 0])
    expect([...long.slice(0, 2), ...long.slice(4)]).toEqual(Array.from(short))
  })

  it('is saved with a model and loaded from it', async () => {
    const layers = [
      lstm({ units: 3, returnSequences: true, seed: 4, inputShape: [null, 2] }),
      bidirectionalLstm({ units: 2, mergeMode: 'sum' }),
    ]
    const model = tf.sequential({ layers })
    const json = JSON.parse(JSON.stringify(model.toJSON(undefined, false))) as tf.io.ModelJSON
    const loaded = await tf.models.modelFromJSON(json)
    expect(loaded.outputShape).toEqual([null, 2])
    expect(loaded.layers.map((layer) => layer.getConfig())).toEqual(layers.map((layer) => layer.getConfig()))
  })

  it.each([
    [{ units: 0 }, 'lstm: units must be a whole number of at least 1, got 0.'],
    [{ units: 2, recurrentActivation: 'relu' }, 'must be sigmoid or hardSigmoid, got "relu".'],
    [{ units: 2, goBackwards: 1 }, 'lstm: goBackwards must be true or false, got 1.'],
  ])('refuses %j', (options, message) => {
    expect(() => lstm(options as never)).toThrow(message)
  })
})

describe('bidirectionalLstm', () => {
  beforeAll(() => setBackend('cpu'))

  it.each(['concat', 'sum', 'mul', 'ave'] as const)('merges by %s as that of tfjs', (mergeMode: MergeMode) => {
    for (const returnSequences of [true, false]) {
      const one = { ...whole, returnSequences }
      const weights = [...weightsFor(one, 5), ...weightsFor(one, 15)]
      const options = { units: one.units, returnSequences, recurrentActivation: 'sigmoid' as const }
      const inner = tf.layers.lstm({ ...options, recurrentInitializer: 'glorotNormal' })
      const x = values([one.batch, one.steps, one.inputs], 1)
      const reference = tf.layers.bidirectional({ layer: inner, mergeMode })
      expectNear(run(bidirectionalLstm({ ...options, mergeMode }), x, weights), run(reference, x, weights))
    }
  })

  it('refuses an unknown mode', () => {
    expect(() => bidirectionalLstm({ units: 1, mergeMode: 'max' as never })).toThrow(
      'bidirectionalLstm: mergeMode must be concat, sum, mul or ave, got "max".',
    )
  })
})

describe.each(backends)('lstm on %s', (backend) => {
  it('computes the same, and leaves no tensor behind', async () => {
    const layers = () => [lstm({ units: 4 }), bidirectionalLstm({ units: 3, returnSequences: true })]
    await setBackend('cpu')
    const x = values([2, 6, 3], 2)
    const on = (layer: tf.layers.Layer) => {
      build(layer, x.shape)
      const weights = layer.weights.map(({ shape }, i) => values(shape as number[], i))
      return run(layer, x, weights)
    }
    const wanted = layers().map(on)
    await setBackend(backend)
    const made = layers()
    made.forEach(on)
    const before = counts()
    const got = made.map(on)
    expect(counts()).toEqual(before)
    got.forEach((each, i) => expectNear(each, wanted[i]))
  })
})

describe('orthogonalRows', () => {
  it('are at right angles, of length 1, and the same for the same seed', async () => {
    await setBackend('cpu')
    const rows = orthogonalRows(7, 20, 3)
    const product = tf.matMul<tf.Tensor2D>(rows, rows, false, true).arraySync()
    product.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? 1 : 0, 6)))
    expect(Array.from(orthogonalRows(7, 20, 3).dataSync())).toEqual(Array.from(rows.dataSync()))
    expect(Array.from(orthogonalRows(7, 20, 4).dataSync())).not.toEqual(Array.from(rows.dataSync()))
  })
})
