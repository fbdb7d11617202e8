import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AlreadyExistsError,
  CancelledError,
  DataLossError,
  InvalidArgumentError,
  NotFoundError,
  UnknownError,
} from '../../src/core/errors.ts'
import { TensorSpec } from '../../src/core/spec.ts'
import { lend } from '../../src/core/lease.ts'
import { Dataset } from '../../src/dataset/dataset.ts'
import type { IteratorState } from '../../src/dataset/iteratorState.ts'
import type { SaveProgress } from '../../src/dataset/save.ts'
import { dtypes, isTyped, itemBytes, typedArrayOf } from '../../src/ndarray/dtype.ts'
import { ndarray, NdArray } from '../../src/ndarray/ndarray.ts'
import { freshFolder } from '../contract/freshFolder.ts'
import { plain } from '../contract/run.ts'

const arrays = fc.constantFrom(...dtypes).chain((dtype): fc.Arbitrary<NdArray> => {
  if (dtype === 'string') return fc.array(fc.string()).map((data) => new NdArray(dtype, [data.length], data))
  if (dtype === 'bytes') return fc.array(fc.uint8Array()).map((data) => new NdArray(dtype, [data.length], data))
  if (!isTyped(dtype)) throw new Error(dtype)
  return fc.uint8Array({ maxLength: 9 }).map((bytes) => {
    const data = new (typedArrayOf(dtype))(bytes.length)
    new Uint8Array(data.buffer).set(bytes, bytes.length * (itemBytes(dtype) - 1))
    return new NdArray(dtype, [bytes.length], data)
  })
})
const leaf = fc.oneof(fc.double(), fc.bigInt(), fc.boolean(), fc.string(), fc.uint8Array(), arrays)
const element = fc.oneof(leaf, fc.array(leaf), fc.record({ a: leaf, b: fc.record({ c: fc.tuple(leaf, leaf) }) }))
const compressions = fc.constantFrom(undefined, 'GZIP' as const, 'ZLIB' as const)

describe('a saved dataset', () => {
  it('is loaded as it was, in any number of files, and goes on from every element', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        compressions,
        fc.nat(14),
        async (elements, shards, compression, k) => {
          const folder = freshFolder()
          const saved = await Dataset.fromGenerator(elements).save(folder, {
            shards,
            ...(compression && { compression }),
          })
          expect(saved).toMatchObject({ path: folder, elements: elements.length })
          const loaded = Dataset.load(folder)
          expect(loaded.cardinality()).toBe(elements.length)
          expect((await loaded.toArray()).map(plain)).toEqual(elements.map(plain))
          expect((await loaded.skip(k).toArray()).map(plain)).toEqual(elements.slice(k).map(plain))
          const iterator = loaded.iterator()
          for (let i = 0; i < k; i++) await iterator.next()
          const state = JSON.parse(JSON.stringify(iterator.save())) as IteratorState
          await iterator.return()
          expect((await Dataset.load(folder).toArray({ state })).map(plain)).toEqual(elements.slice(k).map(plain))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('tells what is in it', async () => {
    const folder = freshFolder()
    const { files, bytes } = await Dataset.range(3).save(folder, { shards: 2 })
    expect(files).toEqual(['00000-of-00002.elements', '00001-of-00002.elements'].map((name) => join(folder, name)))
    expect(bytes).toBe(files.reduce((sum, file) => sum + readFileSync(file).length, 0))
    expect(readdirSync(folder).toSorted()).toEqual([
      ...files.map((file) => file.slice(folder.length + 1)),
      'metadata.json',
    ])
    expect(JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8'))).toEqual({
      millrace: 'elements',
      format: 1,
      elements: 3,
      spec: { dtype: 'int32', shape: [] },
      compression: null,
      shards: [
        { file: '00000-of-00002.elements', elements: 2, bytes: 48 },
        { file: '00001-of-00002.elements', elements: 1, bytes: 24 },
      ],
    })
  })

  it('keeps the spec, or finds one that fits all elements', async () => {
    const specs = async (dataset: Dataset<unknown>) =>
      Dataset.load((await dataset.save(freshFolder())).path).elementSpec
    const points = Dataset.fromTensorSlices({ x: [[1, 2]], y: [true], z: [['a']] }).batch(3)
    expect(await specs(points)).toEqual(points.elementSpec)
    const lengths = Dataset.range(3).map((x) => [ndarray(new Uint8Array(x), [x]), { n: x, big: 1n }])
    expect(await specs(lengths)).toEqual([
      new TensorSpec([null], 'uint8'),
      { n: new TensorSpec([], 'float32'), big: new TensorSpec([], 'int64') },
    ])
    expect(await specs(Dataset.range(2).map((x) => (x === 0 ? 'a' : 1n)))).toBeUndefined()
    expect(await specs(Dataset.range(0).map((x) => x))).toBeUndefined()
    const batches = Dataset.load<number>((await Dataset.range(2).save(freshFolder())).path).batch(2)
    expect((await batches.first())?.dtype).toBe('int32')
  })

  it('is read from the shards in turn, where a function chose them', async () => {
    const folder = freshFolder()
    const calls: number[][] = []
    const shardFunc = (x: number, index: number) => {
      calls.push([x, index])
      return x < 15 ? 1 : 0
    }
    await Dataset.range(10, 17).save(folder, { shards: 3, shardFunc })
    expect(calls.slice(0, 2)).toEqual([
      [10, 0],
      [11, 1],
    ])
    // As TensorFlow, where it has as many processors as there are shards.
    expect(await Dataset.load(folder).toArray()).toEqual([15, 10, 16, 11, 12, 13, 14])
  })

  it('is found again where it was moved to, by states too', async () => {
    const before = join(freshFolder(), 'digits')
    const after = join(freshFolder(), 'digits')
    await Dataset.range(3).save(before)
    const iterator = Dataset.load(before).iterator()
    await iterator.next()
    const state = iterator.save()
    await iterator.return()
    await mkdir(join(after, '..'))
    await rename(before, after)
    expect(await Dataset.load(after).toArray({ state })).toEqual([1, 2])
  })

  it('gives borrowed elements back', async () => {
    let returned = 0
    const lending = Dataset.range(3).map((x) => {
      const lent = { x }
      lend(lent, () => returned++)
      return lent
    })
    await lending.save(freshFolder())
    expect(returned).toBe(3)
  })

  it('is made in any number of blocks, and tells of each', async () => {
    const reports: SaveProgress[] = []
    const big = Dataset.range(10).map((x) => ndarray(new Float64Array(50_000).fill(x), [50_000]))
    const { path, bytes } = await big.save(freshFolder(), { onProgress: (progress) => reports.push(progress) })
    expect(reports.length).toBeGreaterThan(3)
    expect(reports.at(-1)).toEqual({ elements: 10, bytes })
    expect((await Dataset.load<NdArray>(path).toArray()).map(({ data }) => data[49_999])).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ])
  })
})

describe('nothing appears', () => {
  const parentOf = () => {
    const parent = freshFolder()
    return { folder: join(parent, 'saved'), left: () => readdirSync(parent) }
  }

  it('where the pipeline fails', async () => {
    const { folder, left } = parentOf()
    const failing = Dataset.range(3).map((x) => (x === 2 ? Promise.reject(new Error('boom')) : x))
    await expect(failing.save(folder)).rejects.toThrow(UnknownError)
    expect(left()).toEqual([])
  })

  it('where it is aborted', async () => {
    const { folder, left } = parentOf()
    const controller = new AbortController()
    const stopping = Dataset.range(2 ** 40).map((x) => {
      if (x === 5) controller.abort('enough')
      return x
    })
    const error: unknown = await stopping.save(folder, { signal: controller.signal }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CancelledError)
    expect((error as Error).cause).toBe('enough')
    expect(left()).toEqual([])
  })

  it.each([-1, 2, 0.5, '0', undefined])('where shardFunc gives %s', async (shard) => {
    const { folder, left } = parentOf()
    const saving = Dataset.range(3).save(folder, { shards: 2, shardFunc: () => shard as number })
    await expect(saving).rejects.toThrow(
      `save: shardFunc gave ${String(shard)} for element 0, not a whole number of 0 to 1.`,
    )
    expect(left()).toEqual([])
  })

  it('where an element cannot be saved', async () => {
    const { folder, left } = parentOf()
    await expect(
      Dataset.range(2)
        .map(() => ({ when: new Date(0) }))
        .save(folder),
    ).rejects.toThrow('when is a Date, which an element cannot hold.')
    expect(left()).toEqual([])
  })

  it('where there is something', async () => {
    const { folder, left } = parentOf()
    await Dataset.range(3).save(folder)
    await expect(Dataset.range(2).save(folder)).rejects.toThrow(
      new AlreadyExistsError(`save: ${folder} exists already. Remove it first, or choose another path.`).message,
    )
    expect(await Dataset.load(folder).toArray()).toEqual([0, 1, 2])
    expect(left()).toEqual(['saved'])
  })

  it('of two that are made at once but the first', async () => {
    const { folder, left } = parentOf()
    const results = await Promise.allSettled([1, 2].map(() => Dataset.range(3).save(folder)))
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(results.find((result) => result.status === 'rejected')?.reason).toBeInstanceOf(AlreadyExistsError)
    expect(left()).toEqual(['saved'])
  })
})

describe('what is refused', () => {
  it.each([
    ['save: path must be a path, got 5.', [5]],
    ['save: path must be a path, got "".', ['']],
    ['save: shards must be a whole number of at least 1, got 0.', ['a', { shards: 0 }]],
    ['save: shardFunc must be a function, got 1.', ['a', { shardFunc: 1 }]],
    ['save: onProgress must be a function, got 1.', ['a', { onProgress: 1 }]],
    ['save: signal must be an AbortSignal, got 1.', ['a', { signal: 1 }]],
    ["save: compression must be 'GZIP' or 'ZLIB', got 1.", ['a', { compression: 1 }]],
    [
      'save: there is no option shard. It takes shards, shardFunc, compression, signal, onProgress.',
      ['a', { shard: 1 }],
    ],
  ])('%s', async (message, args) => {
    const dataset = Dataset.range(1) as unknown as { save(...args: unknown[]): Promise<unknown> }
    const error: unknown = await dataset.save(...args).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect((error as Error).message).toBe(message)
  })

  it('is what is no saved dataset', async () => {
    const folder = freshFolder()
    expect(() => Dataset.load(5 as never)).toThrow('load: path must be a path, got 5.')
    expect(() => Dataset.load(folder)).toThrow(NotFoundError)
    expect(() => Dataset.load(folder)).toThrow(
      `load: there is no saved dataset at ${folder}. Check the path: it is that of dataset.save().`,
    )
    await Dataset.range(3).save(folder)
    await writeFile(join(folder, 'metadata.json'), '{"millrace":"elements"}')
    expect(() => Dataset.load(folder)).toThrow(DataLossError)
    expect(() => Dataset.load(folder)).toThrow(
      'describes no elements of format 1. It is damaged, or was written by another program or release: write it again.',
    )
  })

  it('is a damaged file, at the element', async () => {
    const folder = freshFolder()
    const { files } = await Dataset.range(4).save(folder, { shards: 2 })
    const bytes = readFileSync(files[1])
    bytes[41] ^= 1
    await writeFile(files[1], bytes)
    const iterator = Dataset.load(folder).iterator()
    for (let i = 0; i < 3; i++) expect((await iterator.next()).value).toBe(i)
    await expect(iterator.next()).rejects.toMatchObject({
      name: 'DataLossError',
      file: files[1],
      record: 1,
      byteOffset: 24,
    })
  })
})
