import { errorClasses, InvalidArgumentError, messageOf, MillraceError, UnknownError, wrapError } from './errors.ts'
import { AUTOTUNE } from './tuner.ts'

/** What a count may be. */
export interface CountRule {
  /** The least whole number allowed; 0 by default. */
  readonly min?: number
  /** The largest allowed; any by default. */
  readonly max?: number
  /** Whether Infinity is allowed. */
  readonly infinite?: boolean
  /** Whether AUTOTUNE is allowed. */
  readonly autotune?: boolean
}

/**
 * Refuses a count that is not a whole number in its range, when the pipeline is built.
 *
 * @throws InvalidArgumentError `take: count must be a whole number of at least 0, got 1.5.`
 */
export function checkCount(operation: string, argument: string, value: unknown, rule: CountRule = {}): number {
  const { min = 0, max = Infinity, infinite = false, autotune = false } = rule
  if (infinite && value === Infinity) return Infinity
  if (autotune && value === AUTOTUNE) return AUTOTUNE
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number
  if (typeof value === 'number' && value > max) throw wrongArgument(operation, argument, `at most ${max}`, value)
  const range = min === -Infinity ? '' : ` of at least ${min}`
  const wanted = `a whole number${range}${infinite ? ', or Infinity' : ''}${autotune ? ', or AUTOTUNE' : ''}`
  throw wrongArgument(operation, argument, wanted, value)
}

/** Refuses anything but a function. */
export function checkFunction(operation: string, argument: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongArgument(operation, argument, 'a function', value)
}

/** Refuses anything but true and false. */
export function checkBoolean(operation: string, argument: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongArgument(operation, argument, 'true or false', value)
  return value
}

/** Refuses anything but an AbortSignal and undefined. */
export function checkSignal(operation: string, signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined) return undefined
  if (typeof (signal as Partial<AbortSignal> | null)?.addEventListener === 'function') return signal
  throw wrongArgument(operation, 'signal', 'an AbortSignal', signal)
}

/** Refuses options that are no object or that hold a name which is not in `known`. */
export function checkOptions(operation: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrongArgument(operation, 'options', 'an object', options)
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new InvalidArgumentError(`${operation}: there is no option ${name}.`, {
        hint: `It takes ${known.join(', ')}.`,
      })
    }
  }
}

/**
 * What a check gives.
 *
 * @param name of the operation, or of an argument, which is put before the message of what the check refuses
 */
export function checkAs<R>(name: string, check: () => R): R {
  try {
    return check()
  } catch (error) {
    throw error instanceof InvalidArgumentError ? new InvalidArgumentError(`${name}: ${error.message}`) : error
  }
}

/** The error for an argument that is not what it must be. */
export function wrongArgument(
  operation: string,
  argument: string,
  wanted: string,
  value: unknown,
): InvalidArgumentError {
  return new InvalidArgumentError(`${operation}: ${argument} must be ${wanted}, got ${show(value)}.`)
}

/**
 * Says at which element of which operation something thrown came up; a named error keeps its class and fields.
 *
 * @param doing what went wrong at the element
 */
export function locateError(thrown: unknown, path: string, index: number, doing = 'the function threw'): MillraceError {
  const message = `${path}: ${doing} at element ${index}: ${messageOf(thrown)}`
  if (thrown instanceof MillraceError) {
    const Class = errorClasses[thrown.name] ?? UnknownError
    const { file, record, line, byteOffset } = thrown
    return wrapError(Class, message, { path, index, file, record, line, byteOffset, cause: thrown })
  }
  return wrapError(UnknownError, message, { path, index, cause: thrown })
}

/** Puts the operation's path before the message of a named error that knows its element already. */
export function atPath(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof MillraceError)) return thrown
  const Class = errorClasses[thrown.name] ?? UnknownError
  return new Class(`${path}: ${thrown.message}`, { path, index: thrown.index })
}

/** The error for a user's function that gave undefined, which is most often a forgotten return. */
export function returnedNothing(path: string, index: number): InvalidArgumentError {
  return new InvalidArgumentError(`${path}: the function returned undefined for element ${index}.`, {
    path,
    index,
    hint: 'Is a return missing?',
  })
}

/** A value as messages name it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}...` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
