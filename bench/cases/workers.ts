import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { Dataset, END, NdArray, ndarray, release, workerFn } from 'millrace'
import type { Case } from '../measure.ts'
import { pythonSides } from '../python/python.ts'
import * as tasks from './workerTasks.ts'

const module = new URL('./workerTasks.js', import.meta.url)
const work = workerFn<typeof tasks.work>(module, 'work')
const slowBatches = workerFn<typeof tasks.slowBatches>(module, 'slowBatches')

/** Goes over a dataset and gives everything back; returns how many elements there were. */
async function drain(dataset: Dataset<unknown>): Promise<number> {
  const iterator = dataset.iterator()
  for (let count = 0; ; count++) {
    const pulled = iterator.pull()
    const element: unknown = pulled instanceof Promise ? await pulled : pulled
    if (element === END) return count
    release(element)
  }
}

/** B5: what a second worker brings, where the function takes long. */
export const workerMap: Case = {
  name: 'B5 map of 5 ms of work in 2 workers',
  element: 'element',
  open(quick) {
    const input = Dataset.range(quick ? 40 : 400)
    const inWorkers = (workers: number) => () => drain(input.map(work, { workers, blockSize: 4 }))
    return Promise.resolve({
      sides: [
        { name: '2 workers', run: inWorkers(2) },
        { name: '1 worker', run: inWorkers(1) },
        { name: 'this thread', run: () => drain(input.map(tasks.work)) },
      ],
    })
  },
}

/** B5: what it costs to send an element to a worker and its result back. */
export const workerOverhead: readonly Case[] = [
  {
    name: 'B5 a number through a worker, in blocks of 256',
    element: 'element',
    open(quick) {
      const input = Dataset.range(quick ? 20_000 : 500_000)
      const addOne = workerFn<typeof tasks.addOne>(module, 'addOne')
      return Promise.resolve({
        sides: [
          { name: 'worker', run: () => drain(input.map(addOne, { workers: 1, blockSize: 256 })) },
          { name: 'this thread', run: () => drain(input.map(tasks.addOne)) },
        ],
      })
    },
  },
  {
    name: 'B5 a kilobyte through a worker, in blocks of 64',
    element: 'element',
    open(quick) {
      const kilobyte = ndarray(new Float32Array(256))
      const input = Dataset.range(quick ? 5_000 : 100_000).map(() => kilobyte)
      const keep = workerFn<typeof tasks.keep>(module, 'keep')
      return Promise.resolve({
        sides: [
          { name: 'worker', run: () => drain(input.map(keep, { workers: 1, blockSize: 64 })) },
          { name: 'this thread', run: () => drain(input.map(tasks.keep)) },
        ],
      })
    },
  },
]

/** B5: taking a batch that a worker has ready. */
export const workerBatch: Case = {
  name: 'B5 handing over a batch of 19 MB',
  element: 'batch',
  open(quick) {
    const batches = Dataset.fromWorkers(workerFn<typeof tasks.largeBatches>(module, 'largeBatches'))
    const run = async () => {
      const iterator = batches.iterator()
      const count = quick ? 3 : 20
      let milliseconds = 0
      for (let i = -1; i < count; i++) {
        // The worker fills its slots meanwhile.
        await setTimeout(100)
        const began = performance.now()
        const pulled = iterator.pull()
        const batch = pulled instanceof Promise ? await pulled : pulled
        release(batch)
        if (i >= 0) milliseconds += performance.now() - began
      }
      await iterator.return()
      return { elements: count, amount: milliseconds * 1e6 }
    }
    const bytes = new Uint8Array(32 * 224 * 224 * 3 * 4)
    const into = new Uint8Array(bytes.length)
    const copy = (): number => {
      into.set(bytes)
      return 1
    }
    return Promise.resolve({
      sides: [
        { name: 'shared memory', run },
        { name: 'a copy of its bytes', run: copy },
      ],
    })
  },
}

/** B5: how late timers are in this thread while workers prepare data: the 99th percentile. */
export const workerDelay: Case = {
  name: 'B5 event-loop delay while 2 workers prepare data, 99th percentile',
  element: '99th percentile',
  open(quick) {
    const dataset = Dataset.range(quick ? 40 : 400).map(work, { workers: 2, blockSize: 4 })
    const run = async () => {
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      await drain(dataset)
      delay.disable()
      return { elements: 1, amount: delay.percentile(99) }
    }
    return Promise.resolve({ sides: [{ name: '2 workers', run }] })
  },
}

/** B5: training steps that block their thread, over a pipeline that takes 80% of a step. */
export const workerOverlap: Case = {
  name: 'B5 steps of 50 ms that block, with a pipeline of 40 ms a batch in a worker',
  element: 'step',
  open(quick) {
    const steps = quick ? 5 : 60
    const step = () => {
      const until = performance.now() + 50
      while (performance.now() < until) continue
    }
    const train = async () => {
      const iterator = Dataset.fromWorkers(slowBatches, { args: [40] }).iterator()
      await iterator.next()
      const began = performance.now()
      for (let i = 0; i < steps; i++) {
        step()
        const pulled = iterator.pull()
        release(pulled instanceof Promise ? await pulled : pulled)
      }
      const amount = (performance.now() - began) * 1e6
      await iterator.return()
      return { elements: steps, amount }
    }
    const alone = () => {
      for (let i = 0; i < steps; i++) step()
      return steps
    }
    return Promise.resolve({
      sides: [
        { name: 'steps alone', run: alone },
        { name: 'with the pipeline', run: train },
      ],
    })
  },
}

/** B5: MNIST in memory, shuffled and batched in workers. */
export const workerPictures: Case = {
  name: 'B5 60,000 pictures in memory, shuffled and batched by 2 workers',
  element: 'picture',
  async open(quick) {
    const count = quick ? 6_000 : 60_000
    const pixels = new Uint8Array(new SharedArrayBuffer(count * 784))
    const labels = new Int32Array(new SharedArrayBuffer(4 * count))
    pixels.forEach((_, i) => (pixels[i] = i))
    labels.forEach((_, i) => (labels[i] = i % 10))
    const args = [new NdArray('uint8', [count, 28, 28], pixels), new NdArray('int32', [count], labels)] as const
    const pictures = workerFn<typeof tasks.pictures>(module, 'pictures')
    const inWorkers = Dataset.fromWorkers(pictures, { args: [...args], workers: 2 })
    const here = tasks.pictures(...args)
    return {
      sides: [
        { name: '2 workers', run: async () => ((await drain(inWorkers)) > 0 ? count : 0) },
        { name: 'this thread', run: async () => ((await drain(here)) > 0 ? count : 0) },
        ...(await pythonSides({ torch_workers: 'torch DataLoader, 2 workers' }, count)),
      ],
    }
  },
}
