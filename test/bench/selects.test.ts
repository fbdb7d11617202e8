import { expect, it } from 'vitest'
import { selects } from '../../bench/selects.ts'

it.each([
  [[], 'B1 chain', true],
  [['B1'], 'B1 chain', true],
  [['B1'], 'B10 resume', false],
  [['B10'], 'B10 resume', true],
  [['B2', 'chain'], 'B1 chain', true],
  [['200'], 'records of 200 KB', true],
  [['LSTM'], 'B1 chain', false],
  [['tune'], 'AUTOTUNE', false],
])('%j of "%s": %s', (parts, name, expected) => {
  expect(selects(parts, name)).toBe(expected)
})
