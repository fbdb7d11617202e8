import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { fileError } from '../core/errors.ts'
import { makeFolder } from '../files/makeFolder.ts'
import { writeAtomically } from '../files/writeAtomically.ts'

/**
 * Saves a model as tfjs's own files, `model.json` and `weights.bin`, on any backend. `model.json` is written last, so
 * that a folder which has one is complete.
 *
 * @param directory made where it does not exist
 * @example
 * await saveModel(model, 'runs/mnist/model')
 */
export async function saveModel(model: tf.LayersModel, directory: string): Promise<void> {
  await makeFolder(directory)
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, ...rest }) => {
      const { format, generatedBy, convertedBy, trainingConfig, userDefinedMetadata } = rest
      const weights = tf.io.CompositeArrayBuffer.join(weightData)
      await writeAtomically(join(directory, 'weights.bin'), new Uint8Array(weights))
      const json = {
        ...{ modelTopology, format, generatedBy, convertedBy, trainingConfig, userDefinedMetadata },
        weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
      }
      await writeAtomically(join(directory, 'model.json'), Buffer.from(JSON.stringify(json)))
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
    }),
  )
}

/**
 * Loads a model that `saveModel` or tfjs wrote.
 *
 * @throws NotFoundError where the folder has no model
 */
export async function loadModel(directory: string): Promise<tf.LayersModel> {
  const read = (name: string): Promise<Buffer> =>
    readFile(join(directory, name)).catch((error: unknown) => {
      throw fileError(error, join(directory, name), 'cannot read')
    })
  const json = JSON.parse((await read('model.json')).toString()) as tf.io.ModelJSON
  const paths = json.weightsManifest.flatMap((group) => group.paths)
  const parts = await Promise.all(paths.map(read))
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(Buffer.concat(parts)).buffer,
      ...(json.trainingConfig === undefined ? {} : { trainingConfig: json.trainingConfig }),
    }),
  )
}
