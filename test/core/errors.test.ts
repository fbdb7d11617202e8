import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { fileError, NotFoundError, UnknownError, wrapError } from '../../src/core/errors.ts'

describe('an error about another one', () => {
  const cause = new Error('boom')

  it('leaves the stack to its cause', () => {
    const limit = Error.stackTraceLimit
    const error = wrapError(UnknownError, 'map: boom', { path: 'map', index: 3, cause })
    expect(error).toBeInstanceOf(UnknownError)
    expect(error).toMatchObject({ message: 'map: boom', path: 'map', index: 3, cause })
    expect(error.stack).not.toContain('\n    at ')
    expect(inspect(error)).toMatch(/cause\]: Error: boom\n +at .*errors.test.ts/)
    expect(Error.stackTraceLimit).toBe(limit)
  })

  it('has one of its own where what was thrown is no error', () => {
    expect(wrapError(UnknownError, 'map: 7', { cause: 7 }).stack).toContain('\n    at ')
  })

  it('is made where the built-ins are frozen', () => {
    const descriptor = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
    Object.defineProperty(Error, 'stackTraceLimit', { ...descriptor, writable: false })
    try {
      expect(wrapError(UnknownError, 'map: boom', { cause }).cause).toBe(cause)
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', { ...descriptor })
    }
  })
})

describe('an error of the file system', () => {
  const missing = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })

  it.each([
    ['a.csv', 'Check the path.'],
    ['data/*.csv', 'Is it a pattern? Dataset.listFiles gives the files that match.'],
    ['file:///data/a.csv', 'This is a URL in a string: give new URL(...) instead.'],
  ])('guesses what %s was meant for', (file, hint) => {
    const error = fileError(missing, file, 'cannot open')
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ file, hint, message: `cannot open ${file}: ENOENT: no such file. ${hint}` })
  })
})

describe('an error that is printed', () => {
  it('shows what is known and nothing else', () => {
    const text = inspect(new NotFoundError('no such file.', { file: 'a.csv', line: undefined }))
    expect(text).toContain("file: 'a.csv'")
    expect(text).not.toContain('undefined')
  })
})
