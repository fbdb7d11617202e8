import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AscendingSet } from '../../src/core/ascendingSet.ts'

const made = (numbers: readonly number[]): AscendingSet => {
  const set = new AscendingSet()
  for (const number of numbers) set.add(number)
  return set
}

test('it holds numbers in ascending order', () => {
  const set = made([0, 3, 4, 9])
  expect([...set]).toEqual([0, 3, 4, 9])
  expect([set.size, set.first]).toEqual([4, 0])
})

test('an empty set has no first number', () => {
  const set = made([])
  set.deleteAll([0, 1])
  expect([[...set], set.size, set.first]).toEqual([[], 0, undefined])
})

test.each([
  ['the first', [0], [3, 4, 9]],
  ['the last', [9], [0, 3, 4]],
  ['some that ascend', [3, 4], [0, 9]],
  ['some in another order', [9, 0, 4], [3]],
  ['the same twice', [4, 4], [0, 3, 9]],
  ['those that are not there', [1, 5, 10], [0, 3, 4, 9]],
  ['all', [0, 3, 4, 9], []],
])('takes out %s', (_, taken, left) => {
  const set = made([0, 3, 4, 9])
  set.deleteAll(taken)
  expect([...set]).toEqual(left)
  expect([set.size, set.first]).toEqual([left.length, left[0]])
})

test('a number that was taken out may not come back, and later ones may be added', () => {
  const set = made([0, 1, 2])
  set.deleteAll([2])
  set.add(7)
  set.deleteAll([2])
  expect([...set]).toEqual([0, 1, 7])
  set.clear()
  expect([[...set], set.size, set.first]).toEqual([[], 0, undefined])
})

test('it is as a Set whose numbers ascend, however places are used again', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), shuffled: fc.boolean(), seed: fc.nat() }),
    ),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      const [set, wanted] = [new AscendingSet(), new Set<number>()]
      let next = 0
      for (const step of all) {
        if ('add' in step) {
          for (let i = 0; i < step.add; i++) {
            set.add(next)
            wanted.add(next)
            next += 1 + (next % 3)
          }
        } else {
          const taken = [...wanted].filter((number) => (number * 7919 + step.seed) % 101 < step.share * 101)
          if (step.shuffled) taken.reverse()
          set.deleteAll(taken)
          for (const number of taken) wanted.delete(number)
        }
        expect([...set]).toEqual([...wanted])
        expect([set.size, set.first]).toEqual([wanted.size, [...wanted][0]])
      }
    }),
  )
})
