import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../../src/core/errors.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import * as tfrecord from '../../src/tfrecord/index.ts'
import * as train from '../../src/train/index.ts'

/** Functions whose options are more than a few names; those of operations and sources are in test/dataset. */
const calls: Readonly<Record<string, (options: never) => unknown>> = {
  FixedLenFeature: (options) => tfrecord.FixedLenFeature([], 'int32', options),
  FixedLenSequenceFeature: (options) => tfrecord.FixedLenSequenceFeature([], 'int32', options),
  SparseFeature: (options) => tfrecord.SparseFeature('at', 'value', 'int32', 3, options),
  RaggedFeature: (options) => tfrecord.RaggedFeature('int32', options),
  ExampleEncoder: (options) => new tfrecord.ExampleEncoder(options),
  TFRecordWriter: (options) => tfrecord.TFRecordWriter.create('never', options),
  buildIndex: (options) => tfrecord.buildIndex('never', options),
  RecordFileIndex: (options) => tfrecord.RecordFileIndex.open('never', options),
  tfrecords: (options) => tfrecord.tfrecords('never', options),
  adam: (options) => train.adam(options),
  rmsprop: (options) => train.rmsprop(options),
  sgd: (options) => train.sgd(options),
  cosineDecay: (options) => train.cosineDecay(options),
  exponentialDecay: (options) => train.exponentialDecay(options),
  piecewiseConstantDecay: (options) => train.piecewiseConstantDecay(options),
  polynomialDecay: (options) => train.polynomialDecay(options),
  warmup: (options) => train.warmup(options),
  convolutionSize: (options) => train.convolutionSize(options),
  poolingSize: (options) => train.poolingSize(options),
  sparseCategoricalCrossentropy: (options) => train.sparseCategoricalCrossentropy(options),
  sparseCategoricalAccuracy: (options) => train.sparseCategoricalAccuracy(options),
  earlyStopping: (options) => train.earlyStopping(options),
  evaluate: (options) => train.evaluate(tf.sequential(), Dataset.range(1), options),
  fit: (options) => train.fit(tf.sequential(), Dataset.range(1), options),
  keepBest: (options) => train.keepBest('never', options),
  tensorBoard: (options) => train.tensorBoard('never', options),
  EventWriter: (options) => train.EventWriter.create('never', options),
  setBackend: (options) => train.setBackend('cpu', options),
  toTfDataset: (options) => train.toTfDataset(Dataset.range(1), options),
}

describe.each(Object.entries(calls))('%s', (name, call) => {
  const thrown = async (options: unknown): Promise<unknown> => {
    try {
      await call(options as never)
      return undefined
    } catch (error) {
      return error
    }
  }

  it('refuses an option that it does not know, and names those that it takes', async () => {
    const error = await thrown({ no_such: 1 })
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect((error as Error).message).toMatch(new RegExp(`^${name}: there is no option no_such\\. It takes \\w+`))
  })

  it.each([null, 5, 'text'])('refuses %o for options', async (options) => {
    const error = await thrown(options)
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect((error as Error).message).toMatch(new RegExp(`^${name}: options must be an object`))
  })
})
