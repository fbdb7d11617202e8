import { InvalidArgumentError } from '../core/errors.ts'
import { TensorSpec, type DType, type Spec } from '../core/spec.ts'
import type { ScalarOf } from '../ndarray/dtype.ts'
import type { NdArray, RankAbove } from '../ndarray/ndarray.ts'
import type { Ragged } from '../ndarray/ragged.ts'
import type { FixedLenFeature } from './fixedLenFeature.ts'
import type { FixedLenSequenceFeature } from './fixedLenSequenceFeature.ts'
import type { Partition, RaggedFeature, UniformPartition } from './raggedFeature.ts'
import type { Sparse } from './sparse.ts'
import type { SparseFeature } from './sparseFeature.ts'
import type { VarLenFeature } from './varLenFeature.ts'

/** Any of the five ways to ask for a feature. */
export type FeatureSchema = FixedLenFeature | FixedLenSequenceFeature | VarLenFeature | SparseFeature | RaggedFeature

/** The features to read from each Example, by name. */
export type Features = Readonly<Record<string, FeatureSchema>>

/** The element that a parser of these features gives for one record. */
export type Parsed<F extends Features> = { -readonly [Name in keyof F]: ParsedLeaf<F[Name]> }

/** What a parser of these features gives for a batch of records. */
export type ParsedBatch<F extends Features> = { -readonly [Name in keyof F]: ParsedColumn<F[Name]> }

type ParsedLeaf<F> =
  F extends FixedLenFeature<infer D, infer S>
    ? FixedLeaf<D, S>
    : F extends FixedLenSequenceFeature<infer D, infer S>
      ? NdArray<D, RankAbove<S['length']>>
      : F extends VarLenFeature<infer D>
        ? Sparse<D>
        : F extends SparseFeature<infer D>
          ? Sparse<D>
          : F extends RaggedFeature<infer D, infer P>
            ? RaggedLeaf<D, P>
            : never

type ParsedColumn<F> =
  F extends FixedLenFeature<infer D, infer S>
    ? NdArray<D, RankAbove<S['length']>>
    : F extends FixedLenSequenceFeature<infer D, infer S>
      ? RankAbove<S['length']> extends infer R extends number
        ? NdArray<D, RankAbove<R>>
        : never
      : F extends VarLenFeature<infer D>
        ? Sparse<D>
        : F extends SparseFeature<infer D>
          ? Sparse<D>
          : F extends RaggedFeature<infer D, infer P>
            ? Ragged<RaggedLeaf<D, P>, 'int32'>
            : never

type FixedLeaf<D extends DType, S extends readonly number[]> = number extends S['length']
  ? ScalarOf<D> | NdArray<D>
  : S['length'] extends 0
    ? ScalarOf<D>
    : NdArray<D, S['length']>

type RaggedLeaf<D extends DType, P extends readonly Partition[]> = number extends P['length']
  ? NdArray<D> | Ragged<unknown, 'int32'>
  : P extends readonly [infer First, ...infer Rest extends readonly Partition[]]
    ? RaggedRow<First, RaggedLeaf<D, Rest>>
    : NdArray<D, 1>

type RaggedRow<First, Inner> = First extends UniformPartition
  ? Inner extends NdArray<infer D, infer R>
    ? NdArray<D, RankAbove<R>>
    : Ragged<Inner, 'int32'>
  : Ragged<Inner, 'int32'>

/**
 * The spec of the elements that a parser of these features gives.
 *
 * @param batchSize for a batch of so many records; null where their number varies
 *
 * @example
 * const features = { label: FixedLenFeature([], 'int32'), words: VarLenFeature('string') }
 * featureSpec({ label: features.label }) // { label: int32 [] }
 * featureSpec(features, null).words // { indices: int32 [?, 2], values: string [?], denseShape: int32 [2] }
 */
export function featureSpec(features: Features, batchSize?: number | null): Readonly<Record<string, Spec>> {
  const batch = batchSize === undefined ? [] : [batchSize]
  return Object.fromEntries(Object.entries(features).map(([name, feature]) => [name, specOf(feature, batch)]))
}

function specOf(feature: FeatureSchema, batch: readonly (number | null)[]): Spec {
  switch (feature.kind) {
    case 'fixedLen':
      return new TensorSpec([...batch, ...feature.shape], feature.dtype)
    case 'fixedLenSequence':
      return new TensorSpec([...batch, null, ...feature.shape], feature.dtype)
    case 'varLen':
      return sparseSpec(batch.length + 1, feature.dtype)
    case 'sparse':
      return sparseSpec(batch.length + feature.size.length, feature.dtype)
    case 'ragged': {
      let spec: Spec = new TensorSpec([null], feature.dtype)
      for (const partition of [...feature.partitions].reverse()) spec = partitionSpec(spec, partition)
      return batch.length === 0 ? spec : raggedSpec(spec, batch[0])
    }
  }
}

function sparseSpec(rank: number, dtype: DType): Spec {
  return {
    indices: new TensorSpec([null, rank], 'int32'),
    values: new TensorSpec([null], dtype),
    denseShape: new TensorSpec([rank], 'int32'),
  }
}

function partitionSpec(inner: Spec, partition: Partition): Spec {
  if (partition.by !== 'uniformRowLength' || !(inner instanceof TensorSpec)) return raggedSpec(inner, null)
  return new TensorSpec([null, partition.length, ...(inner.shape ?? []).slice(1)], inner.dtype)
}

function raggedSpec(values: Spec, rows: number | null): Spec {
  return { values, rowSplits: new TensorSpec([rows === null ? null : rows + 1], 'int32') }
}

/**
 * Refuses what is no schema of features.
 *
 * @param maker who was given it
 */
export function checkFeatures(maker: string, features: Features): void {
  for (const [name, feature] of Object.entries(features)) {
    if (typeof (feature as unknown) !== 'object' || !kinds.has(feature.kind)) {
      throw new InvalidArgumentError(`${maker}: ${JSON.stringify(name)} is no feature.`, {
        hint: 'It is made by FixedLenFeature, FixedLenSequenceFeature, VarLenFeature, SparseFeature or RaggedFeature.',
      })
    }
    if (feature.kind === 'fixedLenSequence' && !feature.allowMissing) {
      throw new InvalidArgumentError(
        `${maker}: FixedLenSequenceFeature ${JSON.stringify(name)} must allow to be missing.`,
        {
          hint: 'Give it { allowMissing: true }; only a SequenceExample can go without.',
        },
      )
    }
  }
}

const kinds: ReadonlySet<unknown> = new Set(['fixedLen', 'fixedLenSequence', 'varLen', 'sparse', 'ragged'])
