import { checkBoolean, checkCount, checkFunction, wrongArgument } from '../core/checks.ts'
import type { RecordReaderOptions } from './recordReader.ts'

/** Bytes that are read at once where nothing else is said. */
export const defaultChunkBytes = 1 << 20

/** Names of the options of a RecordReader. */
export const readerOptionNames = [
  'checksums',
  'maxRecordBytes',
  'onError',
  'maxSkipped',
  'onSkip',
  'chunkBytes',
  'start',
  'compression',
  'reuseMemory',
]

/** Refuses options of a reader that cannot be. */
export function checkReaderOptions(operation: string, options: RecordReaderOptions): void {
  const { chunkBytes, compression, onError, maxSkipped, onSkip } = options
  checkCount(operation, 'chunkBytes', chunkBytes ?? defaultChunkBytes, { min: 1, max: 1 << 30 })
  checkBoolean(operation, 'reuseMemory', options.reuseMemory ?? false)
  if (compression !== undefined && !['GZIP', 'ZLIB', 'auto'].includes(compression)) {
    throw wrongArgument(operation, 'compression', "'GZIP', 'ZLIB' or 'auto'", compression)
  }
  if (onError !== undefined && !['throw', 'skip'].includes(onError)) {
    throw wrongArgument(operation, 'onError', "'throw' or 'skip'", onError)
  }
  checkCount(operation, 'maxSkipped', maxSkipped ?? 0, { infinite: true })
  if (onSkip !== undefined) checkFunction(operation, 'onSkip', onSkip)
}
