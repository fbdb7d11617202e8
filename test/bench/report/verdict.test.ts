import { describe, expect, it } from 'vitest'
import type { Target } from '../../../bench/report/targets.ts'
import { verdictOf } from '../../../bench/report/verdict.ts'
import { resultOf } from '../aRun.ts'

const results = [resultOf('chain', { millrace: 10, 'millrace, two': 5, loop: 4, slow: 400, slower: 900 })]
const target = (rest: Partial<Target>): Target => ({ id: 'B1 one', asked: 'much', case: 'chain', ...rest })

describe('verdictOf', () => {
  it.each([
    [{ than: ['slow'], least: 40 }, 'reached', '40.0 times', { side: 'slow', at: 40 }],
    [{ than: ['slow'], least: 41 }, 'short', '40.0 times', { side: 'slow', at: 41 }],
    [{ than: ['slower', 'slow'], least: 50 }, 'short', '40.0 times', { side: 'slow', at: 50 }],
    [{ ours: ['millrace, two'], than: ['slow'], least: 80 }, 'reached', '80.0 times', { side: 'slow', at: 40 }],
    [{ than: ['loop'], most: 2.5 }, 'reached', '2.50 times its time', { side: 'loop', at: 0.4 }],
    [{ than: ['loop'], most: 2 }, 'short', '2.50 times its time', { side: 'loop', at: 0.5 }],
    [{ most: 10 }, 'reached', '10.0 ns', { side: 'millrace', at: 1 }],
    [{ most: 5 }, 'short', '10.0 ns', { side: 'millrace', at: 0.5 }],
    [{ ours: ['millrace', 'millrace, two'], most: 5 }, 'reached', '5.0 ns', { side: 'millrace, two', at: 0.5 }],
  ] as const)('%j: %s', (rest, state, here, mark) => {
    const asked = target(rest)
    expect(verdictOf(asked, results)).toEqual({ target: asked, state, here, mark })
  })

  it.each([
    ['the case', { case: 'another', most: 1 }],
    ['the peer', { than: ['torch'], least: 1 }],
    ['our side', { ours: ['wasm'], most: 1 }],
  ])('is open where %s is missing', (_, rest) => {
    expect(verdictOf(target(rest), results)).toMatchObject({ state: 'not measured', here: '' })
  })

  it('takes growth of less than nothing as reached', () => {
    const memory = [resultOf('chain', { resident: -3e6 }, 'bytes')]
    expect(verdictOf(target({ most: 16e6 }), memory)).toMatchObject({ state: 'reached', here: '-3.0 MB' })
  })
})
