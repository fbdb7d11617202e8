import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Dataset, NdArray } from 'millrace'
import {
  FixedLenFeature,
  floatFeature,
  IndexedRecords,
  int64Feature,
  tfrecords,
  writeTFRecords,
} from 'millrace/tfrecord'
import type { Case, Side } from '../measure.ts'
import { pythonSides } from '../python/python.ts'
import { temporaryFolder } from './temporaryFolder.ts'

const batchSize = 100
const width = 8
/** What is kept in the shuffle of a stream. */
const bufferSize = 10_000

/** Where the iterator is saved. There are a fifth more elements than that. */
const place = (quick: boolean): number => (quick ? 20_000 : 1_000_000)

const twice = ({ data, shape }: NdArray<'float32'>): NdArray<'float32'> =>
  new NdArray(
    'float32',
    shape,
    data.map((x) => 2 * x),
  )

/** B10: a table in memory, each row to be reached by its number. */
export const resumeSlices: Case = {
  name: 'B10 save at element 1,000,000 and go on with the next: rows in memory, shuffled, mapped, batch(100)',
  element: 'save, new iterator and batch',
  async open(quick) {
    const at = place(quick)
    const rows = new NdArray<'float32', 2>(
      'float32',
      [1.2 * at, width],
      Float32Array.from({ length: 1.2 * at * width }, (_, i) => i),
    )
    const mapped = (shuffled: Dataset<NdArray<'float32'>>) => shuffled.map(twice).batch(batchSize)
    const table = Dataset.fromTensorSlices(rows)
    const { folder, close } = await temporaryFolder()
    const sides = [
      await goesOn('millrace, globalShuffle', mapped(table.globalShuffle({ seed: 1 })), at),
      await goesOn('millrace, shuffle(10000)', mapped(table.shuffle(bufferSize, { seed: 1 })), at),
      ...(await pythonSides(
        {
          tf_resume_slices: 'tf.data, shuffle(10000), tf.train.Checkpoint of the iterator',
          grain_resume: 'Grain, shuffle, get_state and set_state',
        },
        at,
        [folder],
        1,
      )),
    ]
    return { sides, close }
  },
}

/** B10: a TFRecord file, as a stream and by its index. */
export const resumeRecords: Case = {
  name: 'B10 save at element 1,000,000 and go on with the next: TFRecords, shuffled, parsed, mapped, batch(100)',
  element: 'save, new iterator and batch',
  async open(quick) {
    const at = place(quick)
    const { folder, close: removeFolder } = await temporaryFolder()
    const file = join(folder, 'rows.tfrecord')
    await writeTFRecords(file, rowExamples(1.2 * at), { index: true })
    const records = await IndexedRecords.open(file)
    const features = { row: FixedLenFeature([width], 'float32'), label: FixedLenFeature([], 'int32') }
    const mapped = (shuffled: Dataset<{ row: NdArray<'float32'>; label: number }>) =>
      shuffled.map(({ row, label }) => ({ row: twice(row), label })).batch(batchSize)
    const seed = { seed: 1 }
    const sides = [
      await goesOn(
        'millrace, indexed, shuffle(10000)',
        mapped(tfrecords(records, { features }).shuffle(bufferSize, seed)),
        at,
      ),
      await goesOn(
        'millrace, indexed, globalShuffle',
        mapped(tfrecords(records, { features }).globalShuffle(seed)),
        at,
      ),
      await goesOn(
        'millrace, stream, shuffle(10000)',
        mapped(tfrecords(file, { features }).shuffle(bufferSize, seed)),
        at,
      ),
      ...(await pythonSides(
        { tf_resume_records: 'tf.data, shuffle(10000), tf.train.Checkpoint of the iterator' },
        at,
        [file],
        1,
      )),
    ]
    const close = async (): Promise<void> => {
      await records.close()
      await removeFolder()
    }
    return { sides, close }
  },
}

function* rowExamples(count: number) {
  for (let i = 0; i < count; i++) {
    yield { row: floatFeature(Array.from({ length: width }, (_, j) => i + j)), label: int64Feature(i % 10) }
  }
}

/**
 * A side that saves an iterator at element `at` as JSON, and takes the next batch from a new iterator.
 *
 * @throws Error where that is not the batch that the first iterator gives next, seen one batch before `at`
 */
async function goesOn(name: string, dataset: Dataset<unknown>, at: number): Promise<Side> {
  const iterator = dataset.iterator()
  for (let i = 1; i < at / batchSize; i++) await iterator.next()
  const goOn = async (): Promise<unknown> => {
    const state = JSON.parse(JSON.stringify(iterator.save())) as ReturnType<typeof iterator.save>
    const again = dataset.iterator({ state })
    const { value } = await again.next()
    await again.return()
    return value
  }
  const resumed = await goOn()
  const { value } = await iterator.next()
  if (!isDeepStrictEqual(resumed, value)) throw new Error(`${name}: what was resumed goes on with another batch.`)
  const run = async (): Promise<number> => {
    await goOn()
    return 1
  }
  return { name, run, close: () => void iterator.return() }
}
