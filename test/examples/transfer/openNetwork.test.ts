import { createServer, type Server } from 'node:http'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layerOf, openNetwork } from '../../../examples/transfer/openNetwork.ts'
import { subnetwork } from '../../../examples/transfer/subnetwork.ts'
import { wholeModel } from '../../../examples/transfer/wholeModel.ts'
import { setBackend } from '../../../src/train/index.ts'
import { writeNetwork } from '../writeNetwork.ts'

let folder: string
let server: Server
let url: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'network-'))
  await writeNetwork(join(folder, 'network'))
  server = createServer((request, response) => {
    const name = (request.url ?? '').replace('/models/', '')
    readFile(join(folder, 'network', name)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/models` : ''
  await setBackend('cpu')
})
afterAll(() => rm(folder, { recursive: true }))

describe('a network', () => {
  it('is fetched from a URL once, whole, and is then the same as from its folder', async () => {
    const data = join(folder, 'data')
    await expect(openNetwork(`${url}/none.json`, data)).rejects.toThrow(
      /cannot be fetched: http.* answers 404 Not Found/,
    )
    expect(await readdir(join(data, 'weights'))).toEqual([])
    const fetched = await openNetwork(`${url}/model.json`, data)
    await new Promise((resolve) => server.close(resolve))
    const again = await openNetwork(`${url}/model.json`, data)
    const local = await openNetwork(join(folder, 'network'), data)
    expect(again.digest).toBe(fetched.digest)
    const x = tf.randomUniform([2, 24, 24, 3], -1, 1, 'float32', 3)
    const predicted = [fetched, again, local].map(({ model }) => Array.from((model.predict(x) as tf.Tensor).dataSync()))
    expect(predicted[1]).toEqual(predicted[0])
    expect(predicted[2]).toEqual(predicted[0])
  })

  it('has pictures of one size, a digest of its weights, and no layer that is trainable', async () => {
    const one = await openNetwork(join(folder, 'network'), folder)
    await writeNetwork(join(folder, 'second'), 2)
    const two = await openNetwork(join(folder, 'second'), folder)
    expect(one.size).toEqual([24, 24])
    expect(one.digest).toMatch(/^[0-9a-f]{16}$/)
    expect(two.digest).not.toBe(one.digest)
    expect(one.model.trainableWeights).toEqual([])
  })

  it('gives in two parts, and with a head on its last layer, what it gives as a whole', async () => {
    const network = await openNetwork(join(folder, 'network'), folder)
    const [cut, last] = ['block_add', 'wide_relu'].map((name) => layerOf(network, 'layer', name))
    const below = subnetwork(network.model, undefined, cut)
    const above = subnetwork(network.model, cut, last)
    const head = tf.sequential({ layers: [tf.layers.dense({ units: 3, activation: 'softmax', inputShape: [24] })] })
    head.setWeights(network.model.getLayer('three').getWeights())
    const whole = wholeModel(network.model, last, head)
    const x = tf.randomUniform([2, 24, 24, 3], -1, 1, 'float32', 4)
    const expected = (network.model.predict(x) as tf.Tensor).dataSync()
    const pooled = tf.mean(above.predict(below.predict(x) as tf.Tensor) as tf.Tensor, [1, 2])
    for (const given of [head.predict(pooled), whole.predict(x)]) {
      ;(given as tf.Tensor).dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5))
    }
  })
})
