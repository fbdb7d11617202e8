/** Every public name of millrace/tfrecord. */
export { fileSource, type ByteSource } from '../files/byteSource.ts'
export type { Compression } from '../files/decompressed.ts'
export type { FileInput, NamedSource } from '../files/fileInput.ts'
export { streamSource, type ByteStream } from '../files/streamSource.ts'
export { urlSource } from '../files/urlSource.ts'
export { expandRecordFiles } from '../records/expandRecordFiles.ts'
export { crc32c, maskCrc, unmaskCrc } from '../records/crc32c.ts'
export { compileBatchParser, type BatchParser } from './compileBatchParser.ts'
export { decodeExample } from './decodeExample.ts'
export { decodeSequenceExample, type DecodedSequenceExample } from './decodeSequenceExample.ts'
export { encodeSequenceExample, type SequenceExampleInput } from './encodeSequenceExample.ts'
export { encodeExample } from './encodeExample.ts'
export { ExampleEncoder, type FeaturesInput } from './exampleEncoder.ts'
export { exampleSchema, sequenceExampleSchema } from './exampleSchema.ts'
export {
  bytesFeature,
  floatFeature,
  int64Feature,
  toFeature,
  type BytesFeature,
  type EmptyFeature,
  type Feature,
  type FeatureInput,
  type FloatFeature,
  type Int64Feature,
} from './feature.ts'
export { featureSpec, type FeatureSchema, type Features, type Parsed, type ParsedBatch } from './features.ts'
export { FixedLenFeature, type DefaultValue } from './fixedLenFeature.ts'
export { FixedLenSequenceFeature, type FixedLenSequenceOptions } from './fixedLenSequenceFeature.ts'
export { frameBytes, frameRecord, longestRecordBytes } from '../records/framing.ts'
export type { FrameOptions, RecordPosition } from '../records/frameScanner.ts'
export { messageCodec, type MessageCodec, type MessageType } from './messageCodec.ts'
export { parseBatch, type ParseBatchOptions } from './parseBatch.ts'
export { compileParser, parseExample, type ExampleParser } from './parseExample.ts'
export {
  compileSequenceParser,
  parseSequenceExample,
  type ParsedSequence,
  type ParsedSequenceBatch,
  type SequenceExampleFeatures,
  type SequenceFeatures,
  type SequenceParser,
} from './parseSequenceExample.ts'
export type { Ragged } from '../ndarray/ragged.ts'
export { RaggedFeature, type Partition, type RaggedFeatureOptions, type UniformPartition } from './raggedFeature.ts'
export type { DecodedFeature } from './rawFeature.ts'
export { compressionOf } from '../records/detectCompression.ts'
export { IndexedRecords } from '../records/indexedRecords.ts'
export { buildIndex, RecordFileIndex, type BuildIndexOptions, type IndexOptions } from '../records/recordFileIndex.ts'
export { RecordReader, type DamageOptions, type RecordReaderOptions } from '../records/recordReader.ts'
export type { SkippedSpan } from '../records/resync.ts'
export { TFRecordWriter, type WriteOptions, type WriteProgress } from './recordWriter.ts'
export { tfrecords, type RecordFilesInput, type TFRecordsOptions } from './tfrecords.ts'
export { shardPaths, type ShardKey } from './shardFiles.ts'
export { writeTFRecords, type WriteTFRecordsOptions, type WrittenTFRecords } from './writeTFRecords.ts'
export type { Sparse } from './sparse.ts'
export { SparseFeature, type SparseFeatureOptions } from './sparseFeature.ts'
export { VarLenFeature } from './varLenFeature.ts'
