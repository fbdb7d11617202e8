import { utimesSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planKey } from '../../src/core/planKey.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import { tfrecords } from '../../src/tfrecord/tfrecords.ts'
import { writeTFRecords } from '../../src/tfrecord/writeTFRecords.ts'
import { freshFolder } from '../contract/freshFolder.ts'

describe('the key', () => {
  const keyOf = (dataset: Dataset<unknown>, code = '') => planKey(dataset.node, code)
  const folder = freshFolder()
  const rows: readonly (readonly [string, Dataset<unknown>, Dataset<unknown>])[] = [
    ['arguments', Dataset.range(3), Dataset.range(4)],
    ['operations', Dataset.range(3), Dataset.range(3).skip(1)],
    ['functions', Dataset.range(3).map((x) => x + 1), Dataset.range(3).map((x) => x + 2)],
    ['tensors', Dataset.fromTensorSlices([1, 2]), Dataset.fromTensorSlices([1, 3])],
    ['nested tensors', Dataset.fromTensorSlices({ a: ['x'] }), Dataset.fromTensorSlices({ b: ['x'] })],
    ['one element', Dataset.fromTensors({ x: -0 }), Dataset.fromTensors({ x: 0 })],
    ['dtypes', Dataset.fromTensorSlices(new Int8Array(2)), Dataset.fromTensorSlices(new Uint8Array(2))],
    ['arrays', Dataset.fromGenerator(['a', 'bc']), Dataset.fromGenerator(['ab', 'c'])],
    [
      'generators',
      Dataset.fromGenerator(function* () {
        yield 1
      }),
      Dataset.fromGenerator(function* () {
        yield 2
      }),
    ],
    [
      'branches',
      Dataset.zip([Dataset.range(3), Dataset.range(3).take(2)]),
      Dataset.zip([Dataset.range(3).take(2), Dataset.range(3)]),
    ],
    ['files', tfrecords(join(folder, 'a')), tfrecords(join(folder, 'b'))],
  ]

  it.each(rows)('tells %s apart', async (_what, a, b) => {
    expect(await keyOf(a)).toMatch(/^[0-9a-f]{32}$/)
    expect(await keyOf(a)).toBe(await keyOf(a))
    expect(await keyOf(a)).not.toBe(await keyOf(b))
    expect(await keyOf(a, '2')).not.toBe(await keyOf(a))
  })

  it('leaves out what changes speed alone', async () => {
    const map = (numParallelCalls: number) => Dataset.range(3).map((x) => x, { numParallelCalls })
    expect(await keyOf(map(2).prefetch(1))).toBe(await keyOf(map(3).prefetch(9)))
  })

  it('changes with a file', async () => {
    await mkdir(folder, { recursive: true })
    const file = join(folder, 'records')
    await writeTFRecords(file, [Uint8Array.of(1)])
    const before = await keyOf(tfrecords(file))
    utimesSync(file, 5, 5)
    expect(await keyOf(tfrecords(file))).not.toBe(before)
  })
})
