import type { MillraceError } from '../index.ts'

/** Frames of a stack that are shown. */
const shownFrames = 3

/** Where the code of this package is, which is of no use to whoever reads a stack. */
const own = new URL('..', import.meta.url)

/**
 * Whether an error is one of millrace: of this copy, or of the one that a pipeline imports. Told without loading any, for
 * a command that loads none must start fast.
 */
export function isMillraceError(error: unknown): error is MillraceError {
  for (let proto: unknown = error; proto instanceof Object; proto = Object.getPrototypeOf(proto)) {
    if (proto.constructor.name === 'MillraceError') return true
  }
  return false
}

/** An error as a command prints it: name and message, and where in the user's code what led to it was thrown. */
export function complaint(error: MillraceError): string {
  return [`${error.name}: ${error.message}`, ...userFrames(firstCause(error))].join('\n')
}

function firstCause(error: Error): unknown {
  return error.cause instanceof Error ? firstCause(error.cause) : error
}

/** The innermost frames of a stack that are code of the user; none where millrace or the system threw. */
function userFrames(thrown: unknown): string[] {
  if (!(thrown instanceof Error) || isMillraceError(thrown) || 'code' in thrown) return []
  const frames = (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return frames.filter((line) => !/\bnode:|<anonymous>\)?$/.test(line) && !isOwn(line)).slice(0, shownFrames)
}

function isOwn(frame: string): boolean {
  return frame.includes(own.href) || frame.includes(own.pathname) || frame.includes('/node_modules/')
}
