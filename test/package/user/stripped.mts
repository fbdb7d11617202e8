// Runs as it is on a Node that strips types, without tsx: worker functions are found in .mts and .ts files.
import assert from 'node:assert/strict'
import { Dataset, workerFn } from 'millrace'
import type * as tasks from './strippedTasks.mts'

const module = new URL('./strippedTasks.mts', import.meta.url)
const double = workerFn<typeof tasks.double>(module, 'double')
assert.deepEqual(await Dataset.range(5).map(double, { workers: 2, blockSize: 2 }).toArray(), [0, 2, 4, 6, 8])

const pairs = Dataset.fromWorkers(workerFn<typeof tasks.pairs>(module, 'pairs'), { args: [4], workers: 2 })
assert.deepEqual((await pairs.toArray()).map((batch) => [...batch.data]), [[0, 1], [2, 3]])
console.log('TypeScript runs in workers without a loader')
