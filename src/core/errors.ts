/**
 * The errors millrace throws. Each is named after its TensorFlow twin (`tf.errors`), so that a reader who knows one
 * knows the other, and carries where it happened as fields as well as in its message.
 */

/** Where an error happened, as far as it is known. */
export interface ErrorContext {
  /** The operation that failed, with those before it, as in `tfrecords.shuffle.map`. */
  readonly path?: string | undefined
  /** Zero-based index of the element at that operation. */
  readonly index?: number | undefined
  /** The file that was being read or written. */
  readonly file?: string | undefined
  /** Zero-based number of the record in its file. */
  readonly record?: number | undefined
  /** One-based number of the line in its file, as editors count. */
  readonly line?: number | undefined
  /** Offset in bytes from the start of the file. */
  readonly byteOffset?: number | undefined
  /** What to do about it; ends the message. */
  readonly hint?: string | undefined
  /** The error that led to this one. */
  readonly cause?: unknown
}

/** Common parent of every error of this package. */
export class MillraceError extends Error {
  override readonly name: string = 'MillraceError'
  // Declared, not defined: what is not known does not show when the error is printed.
  declare readonly path: string | undefined
  declare readonly index: number | undefined
  declare readonly file: string | undefined
  declare readonly record: number | undefined
  declare readonly line: number | undefined
  declare readonly byteOffset: number | undefined
  declare readonly hint: string | undefined

  constructor(message: string, context: ErrorContext = {}) {
    const { path, index, file, record, line, byteOffset, hint } = context
    super(
      hint === undefined ? message : `${message} ${hint}`,
      'cause' in context ? { cause: context.cause } : undefined,
    )
    if (path !== undefined) this.path = path
    if (index !== undefined) this.index = index
    if (file !== undefined) this.file = file
    if (record !== undefined) this.record = record
    if (line !== undefined) this.line = line
    if (byteOffset !== undefined) this.byteOffset = byteOffset
    if (hint !== undefined) this.hint = hint
  }
}

/** An argument or an element is not what the operation takes (`tf.errors.InvalidArgumentError`). */
export class InvalidArgumentError extends MillraceError {
  override readonly name = 'InvalidArgumentError'
}

/** Stored data is damaged or cut short (`tf.errors.DataLossError`). */
export class DataLossError extends MillraceError {
  override readonly name = 'DataLossError'
}

/** A read went past the end (`tf.errors.OutOfRangeError`). */
export class OutOfRangeError extends MillraceError {
  override readonly name = 'OutOfRangeError'
}

/** A file, a module or an export does not exist (`tf.errors.NotFoundError`). */
export class NotFoundError extends MillraceError {
  override readonly name = 'NotFoundError'
}

/** What was to be made exists already (`tf.errors.AlreadyExistsError`). */
export class AlreadyExistsError extends MillraceError {
  override readonly name = 'AlreadyExistsError'
}

/** The operation may not be done in this state (`tf.errors.FailedPreconditionError`). */
export class FailedPreconditionError extends MillraceError {
  override readonly name = 'FailedPreconditionError'
}

/** Access was refused by the operating system (`tf.errors.PermissionDeniedError`). */
export class PermissionDeniedError extends MillraceError {
  override readonly name = 'PermissionDeniedError'
}

/** Disk or memory is used up (`tf.errors.ResourceExhaustedError`). */
export class ResourceExhaustedError extends MillraceError {
  override readonly name = 'ResourceExhaustedError'
}

/** The caller stopped the operation (`tf.errors.CancelledError`). */
export class CancelledError extends MillraceError {
  override readonly name = 'CancelledError'
}

/** A worker or a backend that is needed is gone or will not start (`tf.errors.UnavailableError`). */
export class UnavailableError extends MillraceError {
  override readonly name = 'UnavailableError'
}

/** A function given by the user threw something of its own, kept as `cause` (`tf.errors.UnknownError`). */
export class UnknownError extends MillraceError {
  override readonly name = 'UnknownError'
}

/**
 * An error about another one, its `cause`, whose stack says where that came up. It takes no stack of its own, which
 * would show the same calls again and costs more than the rest of a failure.
 */
export function wrapError<E extends MillraceError>(
  Class: new (message: string, context: ErrorContext) => E,
  message: string,
  context: ErrorContext,
): E {
  if (!(context.cause instanceof Error)) return new Class(message, context)
  const limit = Error.stackTraceLimit
  // False, and without effect, where the built-ins are frozen.
  Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    return new Class(message, context)
  } finally {
    Reflect.set(Error, 'stackTraceLimit', limit)
  }
}

/** The classes by name, to make an error again on the other side of a thread. */
export const errorClasses: Readonly<Record<string, new (message: string, context?: ErrorContext) => MillraceError>> = {
  InvalidArgumentError,
  DataLossError,
  OutOfRangeError,
  NotFoundError,
  AlreadyExistsError,
  FailedPreconditionError,
  PermissionDeniedError,
  ResourceExhaustedError,
  CancelledError,
  UnavailableError,
  UnknownError,
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The first line of it, without a full stop: what Node adds to the errors of modules that it does not find goes on. */
export function firstLineOf(thrown: unknown): string {
  return messageOf(thrown).trim().split('\n', 1)[0].replace(/\.$/, '')
}

const byErrno: Readonly<Record<string, new (message: string, context?: ErrorContext) => MillraceError>> = {
  ENOENT: NotFoundError,
  ENOTDIR: NotFoundError,
  EISDIR: FailedPreconditionError,
  EEXIST: AlreadyExistsError,
  EACCES: PermissionDeniedError,
  EPERM: PermissionDeniedError,
  EROFS: PermissionDeniedError,
  ENOSPC: ResourceExhaustedError,
  EDQUOT: ResourceExhaustedError,
  EMFILE: ResourceExhaustedError,
  ENFILE: ResourceExhaustedError,
}

const errnoHint: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  ENOSPC: 'Free some space on that disk, or choose another folder.',
  EACCES: 'Check who may read and write it.',
  EMFILE: 'Read fewer files at once, or raise the limit on open files (ulimit -n).',
}

/**
 * Turns a failure of the file system into the named error for its code.
 *
 * @param thrown what the file system call threw
 * @param file the file that was being used
 * @param doing what was being done, as in `cannot open`
 */
export function fileError(thrown: unknown, file: string, doing: string): MillraceError {
  if (thrown instanceof MillraceError) return thrown
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const Class = byErrno[code] ?? UnknownError
  return new Class(`${doing} ${file}: ${messageOf(thrown)}.`, { file, hint: hintOf(code, file), cause: thrown })
}

/** What to do about a failure; of a path that does not exist, what it may have been meant for. */
function hintOf(code: string, file: string): string | undefined {
  if (code === 'ENOENT' && /^file:/i.test(file)) return 'This is a URL in a string: give new URL(...) instead.'
  if (code === 'ENOENT' && /[*?]/.test(file)) return 'Is it a pattern? Dataset.listFiles gives the files that match.'
  return errnoHint[code]
}
