import { Dataset } from 'millrace'
import { FixedLenFeature, floatFeature, int64Feature, tfrecords, writeTFRecords } from 'millrace/tfrecord'

// Write 1,000 tf.train.Examples as TFRecords, in two shards.
const points = Dataset.range(1000).map((i) => ({ at: floatFeature([i / 1000, i % 7]), label: int64Feature(i % 2) }))
const { files } = await writeTFRecords('points.tfrecord', points, { shards: 2 })

// Read them, checked and parsed; shuffle; add noise that depends on seed, epoch and element alone; batch.
const batches = tfrecords(files, {
  features: { at: FixedLenFeature([2], 'float32'), label: FixedLenFeature([], 'int32') },
})
  .shuffle(1000, { seed: 7 })
  .map(({ at, label }, { rng }) => ({ x: at.data[0] + rng.normal(0, 0.01), label }))
  .batch(32)

// Iterate; element types are inferred: x and label are NdArrays.
for await (const { x, label } of batches.take(2)) console.log(x.shape, label.dtype)

// Stop anywhere, go on exactly there: in this process or, since a state is plain JSON, in another one.
const iterator = batches.iterator()
await iterator.next()
const state = iterator.save()
const rest = await batches.toArray({ state })
console.log(`${JSON.stringify(state).length} bytes of state, ${rest.length} batches left`)
