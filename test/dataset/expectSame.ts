import { expect } from 'vitest'
import { END, type Cursor } from '../../src/core/cursor.ts'
import type { MillraceError } from '../../src/core/errors.ts'
import type { Dataset } from '../../src/dataset/dataset.ts'
import { open, plain, stored } from '../contract/run.ts'

/** What one pull gives: an element in comparable form, the end, or what an error says. */
async function outcome(cursor: Cursor<unknown>): Promise<unknown> {
  try {
    const element = await cursor.next()
    return element === END ? END : plain(element)
  } catch (error) {
    const { name, message, file, record, byteOffset, path, index } = error as MillraceError
    return { name, message, file, record, byteOffset, path, index }
  }
}

/** Runs both plans side by side, and from each state of either in the other. */
export async function expectSame(make: () => Dataset<unknown>, pulls: number): Promise<void> {
  // Two datasets, for caches are shared by the plans of one.
  const { node } = make()
  const { optimized } = make()
  const sides = [node, optimized].map((plan) => open(plan))
  for (let pull = 0; pull < pulls; pull++) {
    const [written, runs] = sides.map((side) => stored(side.state()))
    expect(runs).toEqual(written)
    const [a, b, c] = [open(optimized, written), open(node, runs), open(optimized, runs)]
    const [expected, got] = [await outcome(sides[0]), await outcome(sides[1])]
    expect(got).toEqual(expected)
    for (const again of [a, b, c]) {
      expect(await outcome(again)).toEqual(expected)
      await again.close()
    }
    if (expected === END) break
  }
  for (const side of sides) await side.close()
}
