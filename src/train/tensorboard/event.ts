import { createRequire } from 'node:module'
import type * as protobuf from 'protobufjs/minimal.js'
import type { Histogram } from './histogram.ts'

/*
 * A record of an event file is a serialized tensorflow.Event (tensorflow/core/util/event.proto):
 *
 *     Event            1 wall_time double, 2 step int64, 3 file_version string, 5 summary Summary
 *     Summary          1 value, repeated
 *     Summary.Value    1 tag string, 2 simple_value float, 4 image Image, 5 histo HistogramProto
 *     Summary.Image    1 height int32, 2 width int32, 3 colorspace int32 (1 grey, 3 RGB, 4 RGBA), 4 encoded_image_string
 *     HistogramProto   1 min, 2 max, 3 num, 4 sum, 5 sum_squares double, 6 bucket_limit, 7 bucket packed double
 */

/** A picture, already encoded as PNG. */
export interface EncodedImage {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly png: Uint8Array
}

/** What is told of one tag. */
export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly image: EncodedImage }
  | { readonly tag: string; readonly histogram: Histogram }

/** When something was told. */
export interface EventTime {
  /** Seconds since 1970. */
  readonly wallTime: number
  readonly step: number
}

/** The bytes of the event that a file begins with. */
export function encodeVersion(wallTime: number): Uint8Array {
  return writer().uint32(9).double(wallTime).uint32(26).string('brain.Event:2').finish()
}

/** The bytes of an event with summary values. */
export function encodeSummary({ wallTime, step }: EventTime, values: readonly SummaryValue[]): Uint8Array {
  const event = writer().uint32(9).double(wallTime).uint32(16).int64(step).uint32(42).fork()
  for (const value of values) encodeValue(event.uint32(10).fork(), value).ldelim()
  return event.ldelim().finish()
}

function encodeValue(into: protobuf.Writer, value: SummaryValue): protobuf.Writer {
  into.uint32(10).string(value.tag)
  if ('scalar' in value) return into.uint32(21).float(value.scalar)
  if ('image' in value) {
    const { width, height, channels, png } = value.image
    into.uint32(34).fork().uint32(8).int32(height).uint32(16).int32(width).uint32(24).int32(channels)
    return into.uint32(34).bytes(png).ldelim()
  }
  const { min, max, count, sum, sumOfSquares, limits, buckets } = value.histogram
  into.uint32(42).fork()
  for (const [i, number] of [min, max, count, sum, sumOfSquares].entries()) into.uint32(8 * (i + 1) + 1).double(number)
  packed(into.uint32(50), limits)
  return packed(into.uint32(58), buckets).ldelim()
}

function packed(into: protobuf.Writer, numbers: readonly number[]): protobuf.Writer {
  into.fork()
  for (const number of numbers) into.double(number)
  return into.ldelim()
}

function writer(): protobuf.Writer {
  const { Writer } = createRequire(import.meta.url)('protobufjs/minimal.js') as typeof protobuf
  return Writer.create()
}
