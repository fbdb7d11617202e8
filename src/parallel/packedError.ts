import { errorClasses, MillraceError, messageOf, UnknownError } from '../core/errors.ts'

/** Something thrown, as plain data that travels between threads: an error with what led to it, or another value. */
export type PackedThrown = PackedError | { readonly value: unknown }

/** An error as plain data. */
export interface PackedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly fields: Readonly<Record<string, string | number | undefined>>
  readonly cause: PackedThrown | undefined
}

/** Causes that are followed: enough for any real chain, and an end for one that bites its tail. */
const causeDepth = 8

const fieldNames = ['path', 'index', 'file', 'record', 'line', 'byteOffset', 'hint'] as const

/** Classes of the language, which a cause keeps too. */
const nativeClasses: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
}

/** Makes something thrown ready to travel. */
export function packError(thrown: unknown, depth = causeDepth): PackedThrown {
  if (!(thrown instanceof Error)) return { value: isPlain(thrown) ? thrown : String(thrown) }
  const { name, message, stack } = thrown
  const cause = 'cause' in thrown && depth > 0 ? packError(thrown.cause, depth - 1) : undefined
  return { name, message, stack, fields: fieldsOf(thrown), cause }
}

/**
 * Makes the error again as it would be in this thread: of its class, with its fields, its cause and the other thread's
 * stack. What is no error of this package becomes the cause of an UnknownError.
 */
export function unpackError(packed: PackedThrown): MillraceError {
  const error = unpack(packed)
  return error instanceof MillraceError ? error : new UnknownError(messageOf(error), { cause: error })
}

function unpack(packed: PackedThrown): unknown {
  if ('value' in packed) return packed.value
  const { name, message, stack, fields, cause } = packed
  const context = cause === undefined ? {} : { cause: unpack(cause) }
  const error = remake(name, message, fields, context)
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true })
  return error
}

function remake(name: string, message: string, fields: PackedError['fields'], context: { cause?: unknown }): Error {
  const Own = Object.hasOwn(errorClasses, name) ? errorClasses[name] : undefined
  if (Own !== undefined) {
    const { hint } = fields
    // The hint ends the message already, and would be added once more.
    const bare = typeof hint === 'string' && message.endsWith(` ${hint}`) ? message.slice(0, -hint.length - 1) : message
    return new Own(bare, { ...fields, ...context })
  }
  const Class = Object.hasOwn(nativeClasses, name) ? nativeClasses[name] : Error
  const error = Object.assign(new Class(message), fields)
  if (error.name !== name) error.name = name
  if ('cause' in context) error.cause = context.cause
  return error
}

/** Where it happened, for an error of this package; the code, for one of Node. */
function fieldsOf(error: Error): PackedError['fields'] {
  if (error instanceof MillraceError) return Object.fromEntries(fieldNames.map((name) => [name, error[name]]))
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
}

function isPlain(value: unknown): boolean {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value)
}
