import { InvalidArgumentError, type ErrorContext } from '../core/errors.ts'
import { isNdArray, type NdArray } from '../ndarray/ndarray.ts'
import { findChecked, type Where } from './checkedParse.ts'
import { compileBatchParser } from './compileBatchParser.ts'
import type { Features, Parsed, ParsedBatch } from './features.ts'
import type { FixedLenSequenceFeature } from './fixedLenSequenceFeature.ts'
import { compileParser } from './parseExample.ts'
import type { Ragged } from '../ndarray/ragged.ts'
import type { RaggedFeature } from './raggedFeature.ts'
import { findSequence } from './rawFeature.ts'
import { SequenceColumns } from './sequenceColumns.ts'
import type { VarLenFeature } from './varLenFeature.ts'

/** The feature lists to read from each SequenceExample, by name. */
export type SequenceFeatures = Readonly<Record<string, FixedLenSequenceFeature | VarLenFeature | RaggedFeature>>

/** The features where none are asked for. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- it has no keys, and that is meant
type NoFeatures = {}

/** What to read from each SequenceExample. */
export interface SequenceExampleFeatures<C extends Features = Features, S extends SequenceFeatures = SequenceFeatures> {
  /** Features of the whole sequence; none by default. */
  readonly context?: C
  /** Features of each step; none by default. */
  readonly sequence?: S
}

/** What is parsed from one SequenceExample. */
export interface ParsedSequence<C extends Features, S extends SequenceFeatures> {
  readonly context: Parsed<C>
  readonly sequence: {
    -readonly [Name in keyof S]: S[Name] extends FixedLenSequenceFeature
      ? Parsed<Pick<S, Name>>[Name]
      : ParsedBatch<Pick<S, Name>>[Name]
  }
}

/** What is parsed from a batch of SequenceExamples. */
export interface ParsedSequenceBatch<C extends Features, S extends SequenceFeatures> {
  readonly context: ParsedBatch<C>
  readonly sequence: {
    -readonly [Name in keyof S]: S[Name] extends RaggedFeature
      ? Ragged<ParsedBatch<Pick<S, Name>>[Name], 'int32'>
      : ParsedBatch<Pick<S, Name>>[Name]
  }
  /** The number of steps of each record, for each FixedLenSequenceFeature. */
  readonly lengths: {
    -readonly [Name in keyof S as S[Name] extends FixedLenSequenceFeature ? Name : never]: NdArray<'int32', 1>
  }
}

/** Parses SequenceExamples; see parseSequenceExample. */
export interface SequenceParser<C extends Features, S extends SequenceFeatures> {
  (record: Uint8Array, where?: Where): ParsedSequence<C, S>
  (
    records: readonly Uint8Array[] | NdArray<'bytes', 1>,
    where?: (index: number) => ErrorContext,
  ): ParsedSequenceBatch<C, S>
}

type AnyParser = (
  records: Uint8Array | readonly Uint8Array[] | NdArray<'bytes', 1>,
  where?: (index: number) => ErrorContext,
) => unknown

const parsers = new WeakMap<SequenceExampleFeatures, AnyParser>()

/**
 * Parses one serialized tf.train.SequenceExample (`tf.io.parse_single_sequence_example`), or a batch of them
 * (`tf.io.parse_sequence_example`).
 *
 * The context is parsed as parseExample does. In a feature list each step is one item of a FixedLenSequenceFeature, one
 * row of a VarLenFeature, and one row of a RaggedFeature. A batch adds an axis in front, fills the shorter sequences of a
 * FixedLenSequenceFeature with its default, and says in `lengths` how many steps each record has of it.
 *
 * @param record the bytes of one record, or the records of a batch
 * @param features what to read; the parser made for this object is kept, so use one object for all records
 * @param where gives file, record and byte offset for the error, if one is thrown
 * @throws InvalidArgumentError where the bytes are no SequenceExample, or lack a feature or a list, or it is of another
 *   kind, or a step has another number of values
 *
 * @example
 * const record = encodeSequenceExample({ context: { id: 7 }, sequence: { point: [[1, 2], [3, 4]] } })
 * const features = {
 *   context: { id: FixedLenFeature([], 'int32') },
 *   sequence: { point: FixedLenSequenceFeature([2], 'int32') },
 * }
 * parseSequenceExample(record, features) // { context: { id: 7 }, sequence: { point: int32 [[1, 2], [3, 4]] } }
 */
export function parseSequenceExample<
  const C extends Features = NoFeatures,
  const S extends SequenceFeatures = NoFeatures,
>(record: Uint8Array, features: SequenceExampleFeatures<C, S>, where?: Where): ParsedSequence<C, S>
export function parseSequenceExample<
  const C extends Features = NoFeatures,
  const S extends SequenceFeatures = NoFeatures,
>(
  records: readonly Uint8Array[] | NdArray<'bytes', 1>,
  features: SequenceExampleFeatures<C, S>,
  where?: (index: number) => ErrorContext,
): ParsedSequenceBatch<C, S>
export function parseSequenceExample(
  records: Uint8Array | readonly Uint8Array[] | NdArray<'bytes', 1>,
  features: SequenceExampleFeatures,
  where?: (index: number) => ErrorContext,
): unknown {
  let parser = parsers.get(features)
  if (parser === undefined) parsers.set(features, (parser = compileAny(features)))
  return parser(records, where)
}

/**
 * Makes the parser for these features, of one record and of batches; see parseSequenceExample.
 *
 * @example
 * const parse = compileSequenceParser({ sequence: { words: VarLenFeature('string') } })
 * const { words } = parse(encodeSequenceExample({ sequence: { words: [['a', 'b'], ['c']] } })).sequence
 * words.indices // int32 [[0, 0], [0, 1], [1, 0]]
 */
export function compileSequenceParser<
  const C extends Features = NoFeatures,
  const S extends SequenceFeatures = NoFeatures,
>(features: SequenceExampleFeatures<C, S>): SequenceParser<C, S> {
  return compileAny(features) as SequenceParser<C, S>
}

function compileAny({ context = {}, sequence = {} }: SequenceExampleFeatures): AnyParser {
  for (const [name, feature] of Object.entries(sequence as Features)) {
    if (!['fixedLenSequence', 'varLen', 'ragged'].includes(feature.kind)) {
      throw new InvalidArgumentError(`parseSequenceExample: ${JSON.stringify(name)} is no feature of a sequence.`, {
        hint: 'It is made by FixedLenSequenceFeature, VarLenFeature or RaggedFeature.',
      })
    }
  }
  // The context lies where the features of an Example do, to which the feature lists are an unknown field.
  const parseOne = compileParser(context)
  const parseAll = compileBatchParser(context)
  const columns = new SequenceColumns(sequence)
  return (records, where) => {
    columns.begin()
    const single = records instanceof Uint8Array
    const list = single ? [records] : isNdArray(records) ? records.data : records
    list.forEach((record, i) => {
      const at = where === undefined ? (single ? undefined : () => ({ index: i })) : () => where(i)
      columns.add(record, findChecked(() => findSequence(record), at).lists, at)
    })
    if (!single) return { context: parseAll(records, where), ...columns.finishAll(where ?? ((index) => ({ index }))) }
    const at = where === undefined ? undefined : () => where(0)
    return { context: parseOne(records, at), sequence: columns.finishOne(at) }
  }
}
