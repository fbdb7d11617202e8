import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ReadableStream } from 'node:stream/web'
import { as, from, range } from 'ix/asynciterable'
import { filter, map, take } from 'ix/asynciterable/operators'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'

const numbers = [0, 1, 2, 3, 4]

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of iterable) all.push(one)
  return all
}

describe('into a Dataset', () => {
  it('from a web ReadableStream, cancelled when it is left early', async () => {
    let cancelled = false
    const open = () =>
      new ReadableStream<number>({
        start: (controller) => numbers.forEach((number) => controller.enqueue(number)),
        cancel: () => {
          cancelled = true
        },
      })
    expect(await Dataset.fromGenerator(open).take(3).toArray()).toEqual([0, 1, 2])
    expect(cancelled).toBe(true)
  })

  it('from a Node Readable in object mode', async () => {
    const open = () => Readable.from(numbers, { objectMode: true }) as AsyncIterable<number>
    expect(
      await Dataset.fromGenerator(open)
        .map((x) => x * 2)
        .toArray(),
    ).toEqual([0, 2, 4, 6, 8])
  })

  it('from an IxJS AsyncIterable, again in each pass', async () => {
    const odd = range(0, 5).pipe(filter((x) => x % 2 === 1))
    expect(await Dataset.fromGenerator(odd).repeat(2).toArray()).toEqual([1, 3, 1, 3])
  })
})

describe('out of a Dataset', () => {
  it('into IxJS', async () => {
    const dataset = Dataset.range(5)
    const squares = from(dataset).pipe(
      map((x) => x * x),
      take(3),
    )
    expect(await collect(squares)).toEqual([0, 1, 4])
    expect(await collect(as(dataset))).toEqual(numbers)
  })

  it('into a Node Readable and a pipeline', async () => {
    const seen: number[] = []
    const add = new Transform({
      objectMode: true,
      transform(x: number, _encoding, done) {
        seen.push(x + 1)
        done()
      },
    })
    await pipeline(Readable.from(Dataset.range(5)), add)
    expect(seen).toEqual([1, 2, 3, 4, 5])
  })

  it('into a web ReadableStream, which ends the iteration when it is cancelled', async () => {
    const events: string[] = []
    const dataset = Dataset.fromGenerator(function* () {
      try {
        yield* numbers
      } finally {
        events.push('freed')
      }
    })
    const reader = ReadableStream.from(dataset).getReader()
    expect(await reader.read()).toEqual({ done: false, value: 0 })
    await reader.cancel()
    expect(events).toEqual(['freed'])
    expect(await collect(ReadableStream.from(Dataset.range(5)))).toEqual(numbers)
  })

  it('there and back again', async () => {
    const back = Dataset.fromGenerator(() => from(Dataset.range(5)))
    expect(await back.toArray()).toEqual(numbers)
  })
})
