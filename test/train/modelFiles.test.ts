import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { setBackend } from '../../src/train/backend/setBackend.ts'
import { loadModel, saveModel } from '../../src/train/modelFiles.ts'
import { smallModel, weightsOf } from './models.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'))
  await setBackend('cpu')
})
afterAll(() => rm(folder, { recursive: true }))

describe('saveModel and loadModel', () => {
  it('keep architecture, weights and predictions', async () => {
    const model = smallModel()
    const directory = join(folder, 'a', 'model')
    await saveModel(model, directory)
    expect((await readdir(directory)).sort()).toEqual(['model.json', 'weights.bin'])
    const loaded = await loadModel(directory)
    expect(await weightsOf(loaded)).toEqual(await weightsOf(model))
    const x = tf.ones([2, 8, 8, 1])
    const [a, b] = [model, loaded].map((each) => (each.predict(x) as tf.Tensor).arraySync())
    expect(b).toEqual(a)
  })

  it('names a folder without a model', async () => {
    await expect(loadModel(join(folder, 'none'))).rejects.toMatchObject({
      name: 'NotFoundError',
      file: join(folder, 'none', 'model.json'),
    })
  })
})
