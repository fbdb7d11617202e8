import { expect, it } from 'vitest'
import * as entry from '../../src/train/entry.ts'
import * as index from '../../src/train/index.ts'

it('millrace/train gives every public name', () => {
  expect({ ...entry }).toEqual({ ...index })
})
