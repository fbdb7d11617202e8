// Uses the installed package as a user would: every subpath that needs no tfjs, and a worker.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { Dataset, ndarray, workerFn } from 'millrace'
import { encodeJpeg, encodePng, flipLeftRight, imageFolder, resize } from 'millrace/image'
import { checkResume } from 'millrace/testing'
import { FixedLenFeature, int64Feature, tfrecords, writeTFRecords } from 'millrace/tfrecord'

const squares = await Dataset.range(10).map((x) => x * x).batch(4).toArray()
assert.deepEqual(squares.map((batch) => [...batch.data]), [[0, 1, 4, 9], [16, 25, 36, 49], [64, 81]])

await writeTFRecords('numbers.tfrecord', [1, 2, 3].map((n) => ({ n: int64Feature(n) })))
const numbers = tfrecords('numbers.tfrecord', { features: { n: FixedLenFeature([], 'int32') } })
assert.deepEqual(await numbers.toArray(), [{ n: 1 }, { n: 2 }, { n: 3 }])

const inWorker = Dataset.fromWorkers(workerFn(new URL('./pipeline.mjs', import.meta.url), 'evens'), { args: [6], workers: 2 })
assert.deepEqual(await inWorker.toArray(), [0, 2, 4])
assert.equal(await checkResume(numbers.shuffle(3, { seed: 1 })), 4)
const picture = ndarray(Uint8Array.of(0, 100, 200), [1, 3, 1])
assert.deepEqual([...resize(flipLeftRight(picture), [1, 2]).data], [175, 25])
for (const name of ['a', 'b']) {
  await mkdir(`pictures/${name}`, { recursive: true })
  const colour = ndarray(new Uint8Array(8 * 8 * 3).fill(name === 'a' ? 10 : 250), [8, 8, 3])
  await writeFile(`pictures/${name}/1.jpg`, await encodeJpeg(colour))
  await writeFile(`pictures/${name}/2.png`, await encodePng(colour))
}
const [batch] = await imageFolder('pictures', { size: [4, 4] }).batch(4).toArray()
assert.deepEqual([batch.image.shape, [...batch.label.data]], [[4, 4, 4, 3], [0, 0, 1, 1]])
console.log('the package works')
