/** One element as one record: its bytes (elementBytes.ts), each compressed for itself so that reading can begin at any. */
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import type { Compression } from '../files/decompressed.ts'
import { decodeElement, ElementEncoder, encodeElement } from '../ndarray/elementBytes.ts'
import type { RecordEncoder } from './recordFile.ts'

/** An element that is to be a record: bytes by themselves would be taken for a record already. */
export interface Boxed {
  readonly element: unknown
}

/** Serializes elements, compressed where that is asked for. */
export function elementRecordEncoder(compression: Compression | undefined): RecordEncoder<Boxed> {
  if (compression === undefined) {
    const encoder = new ElementEncoder()
    return { measure: ({ element }) => encoder.measure(element), write: (into, at) => encoder.write(into, at) }
  }
  const compress = compression === 'GZIP' ? gzipSync : deflateSync
  let record = new Uint8Array()
  return {
    measure: ({ element }) => {
      record = compress(encodeElement(element))
      return record.length
    },
    write: (into, at) => into.set(record, at),
  }
}

/** @throws DataLossError where the record is no element; an error of zlib where it cannot be decompressed */
export function decodeElementRecord(record: Uint8Array, compression: Compression | undefined): unknown {
  if (compression === undefined) return decodeElement(record)
  const { buffer, byteOffset, length } = compression === 'GZIP' ? gunzipSync(record) : inflateSync(record)
  // Not the Buffer itself: bytes of an element are plain Uint8Arrays.
  return decodeElement(new Uint8Array(buffer, byteOffset, length))
}
