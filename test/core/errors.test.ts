import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { NotFoundError, UnknownError, wrapError } from '../../src/core/errors.ts'

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

describe('an error that is printed', () => {
  it('shows what is known and nothing else', () => {
    const text = inspect(new NotFoundError('no such file.', { file: 'a.csv', line: undefined }))
    expect(text).toContain("file: 'a.csv'")
    expect(text).not.toContain('undefined')
  })
})
