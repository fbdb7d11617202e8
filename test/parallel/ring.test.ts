import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inMessage, Ring } from '../../src/parallel/ring.ts'
import { loaderModule, typescriptLoader } from '../../src/parallel/typescriptLoader.ts'

/** A thread's entry, which sets up the loader first: one that is given by a flag does not apply to the entry. */
function entryOf(url: URL, loader: string | undefined): URL {
  if (loader === undefined) return url
  const lines = `await import(${JSON.stringify(loaderModule(loader))}); await import(${JSON.stringify(url.href)})`
  return new URL(`data:text/javascript,${encodeURIComponent(lines)}`)
}

/** Words of the control that count for ever: written, read, freed. */
const counters = [0, 1, 2]

/** A ring that has carried `carried` elements already, and its other end. */
function ringAt(slots: number, carried = 0): { producer: Ring; consumer: Ring } {
  const producer = new Ring(slots)
  const words = new Int32Array(producer.control)
  for (const place of counters) words[place] = carried | 0
  return { producer, consumer: new Ring(slots, producer.control) }
}

describe('a ring in one thread', () => {
  it('gives elements in the order they were published, slots and messages', () => {
    const { producer, consumer } = ringAt(3)
    const first = producer.acquire() as number
    producer.publish(first)
    producer.publish(inMessage)
    const second = producer.acquire() as number
    expect(second).not.toBe(first)
    producer.publish(second)
    expect(producer.acquire()).toBeUndefined()
    expect([consumer.take(), consumer.take(), consumer.take(), consumer.take()]).toEqual([
      ...[first, inMessage, second],
      undefined,
    ])
  })

  it('gives a slot to the producer again only once it is freed, in whatever order', () => {
    const { producer, consumer } = ringAt(2)
    producer.publish(0)
    producer.publish(1)
    consumer.take()
    consumer.take()
    expect(producer.acquire()).toBeUndefined()
    consumer.free(1)
    expect(producer.acquire()).toBe(1)
    consumer.free(0)
    expect(producer.acquire()).toBe(0)
  })

  it('asks for a wake-up only where the consumer sleeps, and once', () => {
    const { producer, consumer } = ringAt(4)
    expect(producer.publish(inMessage)).toBe(false)
    expect(consumer.sleep()).toBe(false)
    expect(producer.publish(inMessage)).toBe(true)
    expect(producer.publish(inMessage)).toBe(false)
    for (let i = 0; i < 3; i++) consumer.take()
    expect(consumer.sleep()).toBe(true)
    expect(producer.publish(inMessage)).toBe(true)
  })

  it.each(['take', 'free', 'close'] as const)('lets a producer that waits for room go on at %s', async (how) => {
    const { producer, consumer } = ringAt(1)
    producer.publish(how === 'take' ? inMessage : 0)
    if (how === 'free') consumer.take()
    const waiting = producer.waitForRoom()
    if (how === 'take') consumer.take()
    else if (how === 'free') consumer.free(0)
    else consumer.close()
    await waiting
    expect(how === 'close' ? producer.isClosed() : producer.acquire() === 0).toBe(true)
    await producer.waitForRoom()
  })

  it('behaves like a queue under any sequence of steps, also where the counters wrap', () => {
    const step = fc.constantFrom('publish', 'message', 'take', 'freeOldest', 'freeNewest')
    const start = fc.constantFrom(0, 2 ** 31 - 3, 2 ** 32 - 3)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), start, fc.array(step, { maxLength: 60 }), (slots, carried, steps) => {
        const { producer, consumer } = ringAt(slots, carried)
        const queue: number[] = []
        const held: number[] = []
        for (const action of steps) {
          const slot = producer.acquire()
          const full = new Set([...queue, ...held].filter((s) => s !== inMessage)).size === slots
          expect(slot === undefined).toBe(full || queue.length === slots)
          if (slot !== undefined) expect([...queue, ...held]).not.toContain(slot)
          if (action === 'take') {
            const taken = consumer.take()
            expect(taken).toBe(queue.shift())
            if (taken !== undefined && taken !== inMessage) held.push(taken)
          } else if (action.startsWith('free')) {
            const freed = action === 'freeOldest' ? held.shift() : held.pop()
            if (freed !== undefined) consumer.free(freed)
          } else if (slot !== undefined) {
            const given = action === 'message' ? inMessage : slot
            producer.publish(given)
            queue.push(given)
          }
          expect(consumer.inFlight()).toBe(queue.length)
        }
      }),
    )
  })
})

describe('a ring between two threads', () => {
  it.each([
    [1, 0],
    [2, 2 ** 31 - 500],
    [5, 2 ** 32 - 500],
  ])('of %i slots brings everything over in order, without a lost wake-up', async (slots, carried) => {
    const count = 4000
    const { consumer } = ringAt(slots, carried)
    const data = new SharedArrayBuffer(4 * slots)
    const words = new Int32Array(data)
    const url = new URL('./fixtures/ringProducer.ts', import.meta.url)
    const loader = typescriptLoader(url.href)
    const worker = new Worker(entryOf(url, loader), {
      workerData: { control: consumer.control, slots, data, count },
    })
    // Listened for from the start: a thread may hand over its last messages and end in one turn of the event loop.
    const exited = once(worker, 'exit') as Promise<[number]>
    const messages: number[] = []
    let wake = (): void => undefined
    worker.on('message', (message: 'wake' | { value: number }) => {
      if (message === 'wake') wake()
      else messages.push(message.value)
    })
    const nextMessage = async (): Promise<number> => {
      while (messages.length === 0) await once(worker, 'message')
      return messages.shift() as number
    }
    const held: number[] = []
    for (let value = 0; value < count;) {
      const slot = consumer.take()
      if (slot === undefined) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        if (consumer.sleep()) await woken
        continue
      }
      if ((slot === inMessage ? await nextMessage() : words[slot]) !== value) throw new Error(`${value} is missing`)
      if (slot !== inMessage) held.push(slot)
      // Freed late and newest first, but never so late that the producer has none.
      if (held.length === slots || value % 3 === 0) for (const freed of held.splice(0).reverse()) consumer.free(freed)
      value++
    }
    const [code] = await exited
    expect(code).toBe(0)
    expect(consumer.inFlight()).toBe(0)
  })
})
