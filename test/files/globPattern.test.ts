import { expect, it } from 'vitest'
import { globPattern } from '../../src/files/globPattern.ts'

it.each([
  ['C:\\data\\train-*.tfrecord', 'C:/data/train-*.tfrecord'],
  ['data\\part-{0,1}[0-9].csv', 'data/part-{0,1}[0-9].csv'],
  ['data/a?.csv', 'data/a?.csv'],
  ['data\\what\\?.csv', 'data/what\\?.csv'],
])('%s has slashes between names on Windows, and stays elsewhere', (pattern, wanted) => {
  expect(globPattern(pattern, 'win32')).toBe(wanted)
  expect(globPattern(pattern, 'linux')).toBe(pattern)
})
