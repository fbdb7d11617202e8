import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { keyedDropout, type KeyedDropout } from '../../../src/train/backend/keyedDropout.ts'
import { setBackend } from '../../../src/train/backend/setBackend.ts'
import { backends } from './onBackend.ts'

/** What the layer makes of ones. */
function dropped(layer: KeyedDropout, shape: number[], training = true): number[] {
  return [...tf.tidy(() => (layer.apply(tf.ones(shape), { training }) as tf.Tensor).dataSync())]
}

function atStep(step: number, seed = 3, rate = 0.5, shape = [4, 6]): number[] {
  const layer = keyedDropout({ rate, seed })
  layer.step = step
  return dropped(layer, shape)
}

describe.each(backends)('keyedDropout on %s', (choice) => {
  it('drops the same at the same step, on every backend', async () => {
    await setBackend(choice)
    expect(
      atStep(0)
        .map((value) => value / 2)
        .join(''),
    ).toBe('011110000001011010110011')
    expect(
      atStep(1)
        .map((value) => value / 2)
        .join(''),
    ).toBe('101000111110010010110110')
    expect(atStep(0)).toEqual(atStep(0))
  })

  it('drops otherwise at another step or with another seed', async () => {
    await setBackend(choice)
    expect(atStep(1)).not.toEqual(atStep(0))
    expect(atStep(0, 4)).not.toEqual(atStep(0, 3))
  })

  it('drops its share, and keeps the mean', async () => {
    await setBackend(choice)
    const mask = atStep(7, 1, 0.2, [100, 100])
    expect(new Set(mask)).toEqual(new Set([0, 1.25]))
    expect(mask.filter((value) => value === 0).length / mask.length).toBeCloseTo(0.2, 1)
  })

  it('does nothing outside training, or with a rate of 0', async () => {
    await setBackend(choice)
    expect(dropped(keyedDropout({ rate: 0.5 }), [2, 3], false)).toEqual([1, 1, 1, 1, 1, 1])
    expect(dropped(keyedDropout({ rate: 0 }), [2, 3])).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('passes the gradient on to what it keeps', async () => {
    await setBackend(choice)
    const layer = keyedDropout({ rate: 0.5, seed: 3 })
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => tf.sum(layer.apply(x, { training: true }) as tf.Tensor))(tf.ones([4, 6]))
        .dataSync(),
    )
    expect([...gradient]).toEqual(atStep(0))
  })
})

describe('keyedDropout', () => {
  it('is saved with the model', async () => {
    await setBackend('cpu')
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 3, inputShape: [2] }), keyedDropout({ rate: 0.3, seed: 9 })],
    })
    const json = JSON.parse(JSON.stringify(model.toJSON(undefined, false))) as tf.io.ModelJSON
    const loaded = await tf.models.modelFromJSON(json)
    expect(loaded.layers[1]).toMatchObject({ rate: 0.3, seed: 9, step: 0 })
    expect(loaded.layers[1].getClassName()).toBe('KeyedDropout')
    expect(loaded.outputShape).toEqual([null, 3])
  })

  it.each([
    [{ rate: 1 }, 'keyedDropout: rate must be from 0 to below 1, got 1.'],
    [{ rate: -0.1 }, 'keyedDropout: rate must be from 0 to below 1, got -0.1.'],
    [{ rate: NaN }, 'keyedDropout: rate must be from 0 to below 1, got NaN.'],
    [{ rate: 0.5, seed: 0.5 }, 'keyedDropout: seed must be a whole number, got 0.5.'],
  ])('refuses %j', (options, message) => {
    expect(() => keyedDropout(options)).toThrow(message)
  })
})
