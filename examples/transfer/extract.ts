import * as tf from '@tensorflow/tfjs'
import { type Dataset, DataLossError, NdArray } from 'millrace'
import type { Row } from './recordSet.ts'

/** Pictures as floats from -1 to 1, with their labels, and where they come from. */
export interface PictureBatch {
  readonly image: NdArray
  readonly label: NdArray
  readonly path: NdArray<'string'>
}

/**
 * What a network makes of pictures, a row each; where it gives [height, width, channels] and `pool` is set, the mean of
 * each channel.
 *
 * @throws DataLossError where it gives a number that is not finite, naming the picture
 */
export function extract(network: tf.LayersModel, batches: Dataset<PictureBatch>, pool: boolean): Dataset<Row> {
  const rows = batches.prefetch(2).map(async ({ image, label, path }) => {
    const output = tf.tidy(() => {
      const features = network.predict(tf.tensor(image.data as Float32Array, [...image.shape])) as tf.Tensor
      return pool && features.rank === 4 ? tf.mean<tf.Tensor>(features, [1, 2]) : features
    })
    const values = new NdArray('float32', output.shape, await output.data<'float32'>())
    output.dispose()
    checkFinite(values, path.data, network)
    return { values, label, path }
  })
  return rows.unbatch() as Dataset<Row>
}

function checkFinite({ data }: NdArray<'float32'>, paths: readonly string[], { outputNames }: tf.LayersModel): void {
  const place = data.findIndex((value) => !Number.isFinite(value))
  if (place === -1) return
  const path = paths[Math.floor(place / (data.length / paths.length))]
  throw new DataLossError(`the network gives ${data[place]} for the picture ${path} at ${outputNames[0]}.`, {
    file: path,
    hint: 'Are the weights whole, and of a network that takes pixels from -1 to 1?',
  })
}
