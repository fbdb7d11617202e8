import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { CancelledError } from '../../src/core/errors.ts'
import { TensorSpec } from '../../src/core/spec.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { GeneratorContext } from '../../src/sources/generator.ts'

/** An iterator that counts how it is used. */
function counted(length: number, calls: string[], failAt = -1) {
  let position = 0
  return {
    [Symbol.iterator]: () => ({
      next: () => {
        calls.push('next')
        if (position === failAt) throw new Error('failed')
        return position < length
          ? { done: false as const, value: position++ }
          : { done: true as const, value: undefined }
      },
      return: () => {
        calls.push('return')
        return { done: true as const, value: undefined }
      },
    }),
  }
}

describe('fromGenerator', () => {
  it('returns from an iterator that is left early, once', async () => {
    const calls: string[] = []
    await Dataset.fromGenerator(() => counted(9, calls))
      .take(2)
      .toArray()
    expect(calls).toEqual(['next', 'next', 'return'])
  })

  it('does not return from an iterator that ended or threw', async () => {
    const calls: string[] = []
    await Dataset.fromGenerator(() => counted(1, calls)).toArray()
    await expect(Dataset.fromGenerator(() => counted(1, calls, 0)).toArray()).rejects.toThrow('failed')
    expect(calls).toEqual(['next', 'next', 'next'])
  })

  it('runs the finally of a generator that is left early', async () => {
    const events: string[] = []
    const dataset = Dataset.fromGenerator(async function* () {
      try {
        yield await Promise.resolve(1)
        yield 2
      } finally {
        await Promise.resolve()
        events.push('freed')
      }
    })
    expect(await dataset.first()).toBe(1)
    expect(events).toEqual(['freed'])
  })

  it('tells a generator the epoch and the end', async () => {
    const contexts: GeneratorContext[] = []
    const dataset = Dataset.fromGenerator((context) => {
      contexts.push(context)
      return [context.epoch]
    })
    expect(await dataset.repeat(2).toArray()).toEqual([0, 1])
    expect(await dataset.toArray({ epoch: 5 })).toEqual([5])
    expect(contexts.every(({ signal }) => signal.aborted)).toBe(true)
  })

  it('destroys a Node stream that is left early or hangs', async () => {
    const streams: Readable[] = []
    const open = () => {
      // One line, and then nothing: the second read hangs.
      const stream = new Readable({ read: () => undefined, objectMode: true })
      stream.push('line')
      streams.push(stream)
      return stream as AsyncIterable<string>
    }
    expect(await Dataset.fromGenerator(open).first()).toBe('line')
    const controller = new AbortController()
    const iterator = Dataset.fromGenerator(open).iterator({ signal: controller.signal })
    await iterator.next()
    const pending = iterator.next()
    controller.abort()
    await expect(pending).rejects.toThrow(CancelledError)
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true])
  })

  it('is cancelled while a generator hangs', async () => {
    const controller = new AbortController()
    const dataset = Dataset.fromGenerator(async function* () {
      yield await new Promise<number>(() => undefined)
    })
    const pending = dataset.toArray({ signal: controller.signal })
    controller.abort()
    await expect(pending).rejects.toThrow(CancelledError)
  })

  it('goes on after a promise that rejects, and after an undefined', async () => {
    const dataset = Dataset.fromGenerator(() => [Promise.reject(new Error('one')), undefined, 2])
    const iterator = dataset.iterator({ epoch: 0 })
    await expect(iterator.next()).rejects.toThrow('fromGenerator: reading failed at element 0: one')
    const second = dataset.iterator({ state: iterator.save() })
    await expect(second.next()).rejects.toThrow('fromGenerator: element 1 is undefined.')
    expect(await dataset.toArray({ state: second.save() })).toEqual([2])
  })

  it('takes promises of other libraries', async () => {
    const thenable = (value: number) =>
      ({ then: (done: (value: number) => void) => done(value) }) as PromiseLike<number>
    const iterable = {
      [Symbol.asyncIterator]: () => {
        let left = 2
        return { next: () => ({ then: (done: (result: object) => void) => done({ done: left === 0, value: left-- }) }) }
      },
    } as unknown as AsyncIterable<number>
    expect(await Dataset.fromGenerator([thenable(5)]).toArray()).toEqual([5])
    expect(await Dataset.fromGenerator(iterable).toArray()).toEqual([2, 1])
  })

  it('knows the length of an array, and takes the dtype from the signature', async () => {
    expect(Dataset.fromGenerator([1, 2]).cardinality()).toBe(2)
    expect(Dataset.fromGenerator(new Set([1])).cardinality()).toBeUndefined()
    const bytes = Dataset.fromGenerator([1], { outputSignature: new TensorSpec([], 'uint8') })
    expect((await bytes.batch(1).first())?.dtype).toBe('uint8')
  })

  it('starts another iterator for each iteration of a collection', async () => {
    const dataset = Dataset.fromGenerator(new Map([['a', 1]]))
    expect(await dataset.repeat(2).toArray()).toEqual([
      ['a', 1],
      ['a', 1],
    ])
  })
})
