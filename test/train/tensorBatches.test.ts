import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { setBackend } from '../../src/train/backend/setBackend.ts'
import { tensorBatches } from '../../src/train/tensorBatches.ts'
import { toTfDataset } from '../../src/train/toTfDataset.ts'
import { batches, smallModel } from './models.ts'

beforeAll(() => setBackend('cpu'))
/** The same by structure: tfjs's layers have a Dataset class of their own, which its data are no instances of. */
const plain = <D extends object>(data: D): { [K in keyof D]: D[K] } => data
const live = () => tf.memory().numTensors

describe('tensorBatches', () => {
  it('gives each batch as tensors, and frees them with the next', async () => {
    const before = live()
    const kept: tf.Tensor[] = []
    for await (const { image, label } of tensorBatches(batches(20, 8))) {
      expect(live()).toBe(before + 2)
      expect(image.shape.slice(1)).toEqual([8, 8, 1])
      expect(label.dtype).toBe('float32')
      kept.push(image)
    }
    expect(kept.map((tensor) => tensor.isDisposed)).toEqual([true, true, true])
    expect(live()).toBe(before)
  })

  const leave: Record<string, (stop: AbortController) => void> = {
    throw: () => {
      throw new Error('enough')
    },
    abort: (stop) => stop.abort(),
  }
  it.each(['break', 'throw', 'abort'])('frees them on %s', async (way) => {
    const before = live()
    const stop = new AbortController()
    const loop = async (): Promise<void> => {
      for await (const { image } of tensorBatches(batches(), { signal: stop.signal })) {
        expect(image.isDisposed).toBe(false)
        if (way === 'break') break
        leave[way](stop)
      }
    }
    const ended = await loop().then(
      () => 'ended',
      (error: unknown) => (error as Error).message,
    )
    expect(ended).toBe({ break: 'ended', throw: 'enough', abort: 'iterator: the iteration was aborted.' }[way])
    expect(live()).toBe(before)
  })

  it('goes on from its state', async () => {
    const all: number[][] = []
    for await (const { label } of tensorBatches(batches(), { epoch: 0 })) all.push(Array.from(await label.data()))
    const first = tensorBatches(batches(), { epoch: 0 })
    await first.next()
    await first.next()
    const state = first.save()
    await first.return()
    const rest: number[][] = []
    for await (const { label } of tensorBatches(batches(), { state })) rest.push(Array.from(await label.data()))
    expect(rest).toEqual(all.slice(2))
  })

  it('names what is no array', async () => {
    const loop = tensorBatches(Dataset.range(3)).next()
    await expect(loop).rejects.toThrow('toTensors: the batch is 0, not an NdArray. Batch the elements first.')
    expect(() => tensorBatches(batches(), { epochs: 3 } as never)).toThrow('iterator: there is no option epochs.')
  })
})

describe('toTfDataset', () => {
  const fields = { inputs: 'image', targets: 'label' } as const

  it('feeds fitDataset and evaluateDataset, and keeps the number of tensors', async () => {
    const model = smallModel()
    const data = toTfDataset(batches(), fields)
    expect(data.size).toBe(6)
    const run = (epochs: number) => model.fitDataset(plain(data), { epochs })
    await run(1)
    const before = live()
    const history = await run(3)
    expect(live()).toBe(before)
    const losses = history.history['loss'] as number[]
    expect(losses[2]).toBeLessThan(losses[0])
    const evaluated = await model.evaluateDataset(plain(data))
    tf.dispose(evaluated)
    expect(live()).toBe(before)
  })

  it('reshuffles each pass, and ends an iteration that tfjs leaves', async () => {
    let [opened, closed] = [0, 0]
    const watched = Dataset.fromGenerator(async function* () {
      opened++
      try {
        yield* await batches().toArray()
      } finally {
        closed++
      }
    })
    const model = smallModel()
    await model.fitDataset(plain(toTfDataset(watched, fields)), { epochs: 3, batchesPerEpoch: 2 })
    expect(opened - closed).toBeLessThanOrEqual(1)
    const orders: number[][] = []
    const data = toTfDataset(batches(), fields)
    for (let pass = 0; pass < 2; pass++) {
      const order: number[] = []
      await data.forEachAsync(({ ys }) => {
        order.push(...ys.dataSync())
      })
      orders.push(order)
    }
    expect(orders[0]).not.toEqual(orders[1])
    expect(orders[0].toSorted()).toEqual(orders[1].toSorted())
  })
})
