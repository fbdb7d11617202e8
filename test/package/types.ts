// Compiled against the installed package's declarations, without running.
import { Dataset, type NdArray } from 'millrace'
import { resize } from 'millrace/image'
import { FixedLenFeature, tfrecords } from 'millrace/tfrecord'

const batches: Dataset<{ image: NdArray<'uint8'>; label: NdArray }> = tfrecords('a', {
  features: { image: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int32') },
}).batch(32)
export { batches }

export const small = (image: NdArray<'uint8', 3>): NdArray<'float32', 3> => resize(image, [224, 224], { antialias: true })
