import { describe, expect, it } from 'vitest'
import { Dataset, UnavailableError } from 'millrace'
import { checkResume, injectFaults } from 'millrace/testing'

describe('injectFaults', () => {
  it('fails at the elements it is told to, which are used up', async () => {
    const faulty = Dataset.range(6).pipe(injectFaults({ failAt: [1, 4] }))
    expect(await faulty.ignoreErrors().toArray()).toEqual([0, 2, 3, 5])
    const iterator = faulty.iterator()
    expect(await iterator.next()).toEqual({ done: false, value: 0 })
    await expect(iterator.next()).rejects.toThrow(
      new UnavailableError('injectFaults: element 1 fails because a test wants it to.', { index: 1 }),
    )
  })

  it('fails with an error of the caller', async () => {
    const faulty = Dataset.range(2).pipe(injectFaults({ failAt: 0, error: (index) => new RangeError(`bad ${index}`) }))
    await expect(faulty.toArray()).rejects.toThrow(new RangeError('bad 0'))
  })

  it.each([
    [0, []],
    [2, [0, 1]],
    [9, [0, 1, 2]],
  ])('ends after %i elements', async (truncateAt, elements) => {
    const faulty = Dataset.range(3).pipe(injectFaults({ truncateAt }))
    expect(faulty.cardinality()).toBe(elements.length)
    expect(await faulty.toArray()).toEqual(elements)
  })

  it('has no known length where elements fail', () => {
    expect(
      Dataset.range(3)
        .pipe(injectFaults({ failAt: 1 }))
        .cardinality(),
    ).toBeUndefined()
  })

  it('holds an element back until its promise is kept', async () => {
    let open: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const asked: number[] = []
    const delay = (index: number) => {
      asked.push(index)
      return index === 1 ? gate : undefined
    }
    const iterator = Dataset.range(3).pipe(injectFaults({ delay })).iterator()
    expect(await iterator.next()).toEqual({ done: false, value: 0 })
    const second = iterator.next()
    expect(asked).toEqual([0, 1])
    open()
    expect(await second).toEqual({ done: false, value: 1 })
    expect(await iterator.next()).toEqual({ done: false, value: 2 })
  })

  it('lets go of an element that is held back for ever when the iteration is aborted', async () => {
    const controller = new AbortController()
    const never = new Promise<void>(() => undefined)
    const faulty = Dataset.range(3).pipe(injectFaults({ delay: () => never }))
    const pending = faulty.toArray({ signal: controller.signal })
    controller.abort()
    await expect(pending).rejects.toThrow('abort')
  })

  it('goes on from a saved state with the faults that are still to come', async () => {
    const faulty = Dataset.range(20)
      .pipe(injectFaults({ failAt: [3, 11], truncateAt: 15 }))
      .ignoreErrors()
    expect(await checkResume(faulty)).toBe(14)
  })

  it.each<[Parameters<typeof injectFaults>[0], string]>([
    [{ failAt: -1 }, 'injectFaults: failAt[0] must be a whole number of at least 0, got -1.'],
    [{ failAt: 'no' as never }, 'injectFaults: failAt must be an index or an array of them, got "no".'],
    [{ truncateAt: 1.5 }, 'injectFaults: truncateAt must be a whole number of at least 0, or Infinity, got 1.5.'],
    [{ delay: 5 as never }, 'injectFaults: delay must be a function, got 5.'],
    [
      { sometimes: 1 } as never,
      'injectFaults: there is no option sometimes. It takes failAt, error, truncateAt, delay.',
    ],
  ])('refuses %o', (faults, message) => {
    expect(() => injectFaults(faults)).toThrow(message)
  })
})
