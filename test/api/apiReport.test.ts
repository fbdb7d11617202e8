import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apiReports, reportFile } from './apiReport.ts'

/*
 * The public names change on purpose only. They are read from the built declarations: `npm test` builds first.
 */

const reports = apiReports()

describe.each([...reports])('the API of %s', (entry, current) => {
  it('is the one in the repository: where the change is on purpose, run npm run api and commit it', () => {
    const file = reportFile(entry)
    expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(current)
  })
})

it('has no report of an entry point that is gone', () => {
  const expected = [...reports.keys()].map((entry) => basename(reportFile(entry).pathname))
  expect(readdirSync(new URL('../../api', import.meta.url)).toSorted()).toEqual(expected.toSorted())
})
