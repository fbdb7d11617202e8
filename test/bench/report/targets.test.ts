import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { groups } from '../../../bench/cases/groups.ts'
import { reasons } from '../../../bench/report/reasons.ts'
import { operation, operationTargets, targets } from '../../../bench/report/targets.ts'
import { resultOf } from '../aRun.ts'

const loaded = await Promise.all(Object.values(groups).map((group) => group()))
const cases = loaded.flat().map(({ name }) => name)

/** The text of all cases, in which the names of sides stand. */
const folders = ['cases', 'npm'].map((name) => new URL(`../../../bench/${name}/`, import.meta.url))
const sources = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8')),
)

describe('cases', () => {
  it('have a name each', () => {
    expect(new Set(cases).size).toBe(cases.length)
  })
})

describe('targets', () => {
  it('have an id each', () => {
    expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length)
  })

  it('are of every group', () => {
    const found = new Set(targets.map(({ id }) => id.split(' ', 1)[0]))
    expect([...found]).toEqual(['B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'B7', 'B8', 'B9', 'B10'])
  })

  it.each(targets)('$id is of a case, and says one thing', ({ case: name, than, least, most }) => {
    expect(cases).toContain(name)
    expect([least, most].filter((bound) => bound !== undefined)).toHaveLength(1)
    expect(least === undefined || than !== undefined).toBe(true)
  })

  it.each(targets)('$id names sides that there are', ({ ours = [], than = [] }) => {
    // The sides of a backend are named after it.
    const names = [...ours, ...than].map((side) => side.replace(/ \((wasm|node)\)$/, ''))
    const missing = names.filter(
      (side) => !sources.some((text) => [`'${side}'`, `"${side}"`].some((one) => text.includes(one))),
    )
    expect(missing).toEqual([])
  })
})

describe('operationTargets', () => {
  it('asks three times the first loop of each operation', () => {
    const results = [
      resultOf('operation scan', { millrace: 3, 'plain loop': 2, 'another loop': 1 }),
      resultOf('B1 chain', { millrace: 3, loop: 2 }),
      resultOf('operation alone', { millrace: 3 }),
    ]
    expect(operationTargets(results)).toEqual([
      {
        id: 'operation scan',
        asked: 'scan: within 3 times the loop',
        case: 'operation scan',
        than: ['plain loop'],
        most: 3,
      },
    ])
  })
})

describe('reasons', () => {
  it.each(Object.keys(reasons))('%s is of something that is asked', (id) => {
    const asked = id.startsWith(operation) ? cases : targets.map((target) => target.id)
    expect(asked).toContain(id)
  })
})
