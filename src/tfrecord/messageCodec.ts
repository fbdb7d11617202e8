import { InvalidArgumentError, messageOf } from '../core/errors.ts'
import { describe } from '../ndarray/ndarray.ts'

/** What messageCodec needs of a protobufjs type: one found by reflection, or a class of generated code. */
export interface MessageType<T extends object> {
  readonly name?: string
  verify?(message: Record<string, unknown>): string | null
  fromObject(message: Record<string, unknown>): T
  encode(message: T): { finish(): Uint8Array }
  decode(bytes: Uint8Array): T
}

/** Turns messages into records and back. */
export interface MessageCodec<T extends object> {
  /** The bytes of one record, for `TFRecordWriter`, `writeTFRecords` and `map`. */
  readonly encode: (message: T | Readonly<Record<string, unknown>>) => Uint8Array
  /** The message of a record, for `map`. */
  readonly decode: (record: Uint8Array) => T
}

/**
 * Makes records of protobuf messages of your own, and messages of records.
 *
 * @param type a protobufjs type: `root.lookupType('Name')`, or a class of its generated code
 * @returns two functions that need no `this`. `encode` takes messages of the type, and plain objects, whose fields are
 *   checked and converted as protobufjs does; `decode` gives messages of the type, whose bytes may be views on the record.
 * @throws InvalidArgumentError (from the codec) naming the type, where a message does not fit it, or a record is none
 *
 * @example
 * const { Root } = await import('protobufjs')
 * const type = Root.fromJSON({ nested: { Point: { fields: { x: { type: 'float', id: 1 } } } } }).lookupType('Point')
 * const point = messageCodec(type)
 * // await writeTFRecords('points.tfrecord', points.map(point.encode))
 * // tfrecords('points.tfrecord').map((record) => point.decode(record))
 * point.decode(point.encode({ x: 0.5 })).toJSON() // { x: 0.5 }
 */
export function messageCodec<T extends object>(type: MessageType<T>): MessageCodec<T> {
  const given = type as Partial<MessageType<T>> | undefined
  if (typeof given?.encode !== 'function' || typeof given.decode !== 'function') {
    throw new InvalidArgumentError(`messageCodec: type must be a type of protobufjs, got ${describe(type)}.`)
  }
  const name = type.name ?? 'message'
  return Object.freeze({
    encode(message) {
      if (typeof (message as unknown) !== 'object' || (message as unknown) === null) {
        throw new InvalidArgumentError(`a ${name} cannot be made of ${describe(message)}.`)
      }
      const fields = message as Record<string, unknown>
      const wrong = type.verify?.(fields)
      if (typeof wrong === 'string') {
        throw new InvalidArgumentError(`the message is no ${name}: ${wrong}.`)
      }
      return type.encode(type.fromObject(fields)).finish()
    },
    decode(record) {
      try {
        return type.decode(record)
      } catch (cause) {
        throw new InvalidArgumentError(`the record is no ${name}: ${messageOf(cause)}.`, { cause })
      }
    },
  } satisfies MessageCodec<T>)
}
