// Compiled against the installed package's declarations, without running: as a program, and as a library whose own
// declarations name the types.
import { Dataset, NdArray, type Batched, type DatasetIterator, type DType, type TypedDType } from 'millrace'
import { imageFolder, resize, type ImageTable } from 'millrace/image'
import { checkResume } from 'millrace/testing'
import { FixedLenFeature, tfrecords, VarLenFeature, writeTFRecords } from 'millrace/tfrecord'

const batches: Dataset<{ image: NdArray<'uint8'>; label: NdArray }> = tfrecords('a', {
  features: { image: FixedLenFeature([28, 28, 1], 'uint8'), label: FixedLenFeature([], 'int32') },
}).batch(32)
export { batches }

export const small = (image: NdArray<'uint8', 3>): NdArray<'float32', 3> => resize(image, [224, 224], { antialias: true })

// What is inferred has names that can be written down.
export const parsed = tfrecords('a', { features: { words: VarLenFeature('string') } })
export const iterator = parsed.shuffle(10).iterator({ epoch: 1 })
export const kept: DatasetIterator<unknown> = iterator
export const pairs = Dataset.zip({ a: Dataset.range(3), b: Dataset.zip([Dataset.textLines('a'), Dataset.range(3)]) }).batch(2)
export const rows = Dataset.csv('a', { columns: { x: 'float32', name: { dtype: 'string', defaultValue: '' } } })
export const folder = imageFolder('flowers', { size: [224, 224] })
export const table: ImageTable = folder.table
export const tuned = () => folder.map(({ image, label }, { rng }) => ({ image, label, noise: rng.normal() }))
export const doubled = <T>(dataset: Dataset<T>) => dataset.batch(2)
export const stacked = <D extends DType, R extends number>(dataset: Dataset<NdArray<D, R>>) => dataset.batch(2)
export const apart = <D extends DType, R extends number>(dataset: Dataset<NdArray<D, R>>) => dataset.unbatch()
export const halved = <D extends TypedDType>(image: NdArray<D, 3>) => resize(image, [2, 2])
export const sliced = <const T>(values: T) => Dataset.fromTensorSlices(values)
export const twice: <T>(dataset: Dataset<T>) => Dataset<Batched<Batched<T>>> = (dataset) => dataset.batch(2).batch(2)
export const written = () => writeTFRecords('a', parsed.map(() => ({ x: 1 })))
export const checked = () => checkResume(parsed)
export const stats = () => parsed.iterator({ profile: true }).stats()
export const reader = () => Dataset.range(3).reader()
export const cached = parsed.cache()

// @ts-expect-error: a class that only the library makes is exported as a type.
export const none = new DatasetIterator(parsed, {})
// @ts-expect-error: rank and dtype are checked.
export const wrong: NdArray<'uint8', 2> = small(new NdArray('uint8', [1, 1, 3], new Uint8Array(3)))
