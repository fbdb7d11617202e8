import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Dataset } from '../../src/dataset/dataset.ts'
import { nodeFileSystem, type FileSystem } from '../../src/files/fileSystem.ts'
import {
  type FeaturesInput,
  RecordFileIndex,
  RecordReader,
  tfrecords,
  TFRecordWriter,
  writeTFRecords,
  type WriteTFRecordsOptions,
} from '../../src/tfrecord/index.ts'
import { drain, fileOf } from './fixtures.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-shards-'))
  path = join(folder, 'a')
})
afterEach(() => rm(folder, { recursive: true }))

const records = Array.from({ length: 25 }, (_, i) => new Uint8Array(i).fill(i))
const lengthsOf = async (file: string) => (await drain(new RecordReader(file))).map(({ length }) => length)
/** A stream that never gives anything. */
async function* stuck(): AsyncGenerator<Uint8Array> {
  yield await new Promise<Uint8Array>(() => undefined)
}
const failure = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })

describe('writeTFRecords', () => {
  it('begins a new file after so many records', async () => {
    const { files } = await writeTFRecords(path, records, { recordsPerShard: 10 })
    expect(files).toEqual([0, 1, 2].map((i) => `${path}-0000${i}-of-00003`))
    expect((await Promise.all(files.map(lengthsOf))).map((lengths) => lengths.length)).toEqual([10, 10, 5])
    expect((await readdir(folder)).length).toBe(3)
  })

  it('begins a new file once so many bytes are in one', async () => {
    const { files, bytes } = await writeTFRecords(path, records, { bytesPerShard: 100, index: true })
    const lengths = await Promise.all(files.map(lengthsOf))
    expect(lengths.flat()).toEqual(records.map(({ length }) => length))
    for (const [i, shard] of lengths.entries()) {
      const framed = shard.map((length) => length + 16)
      const sum = framed.reduce((a, b) => a + b)
      if (i < lengths.length - 1) expect(sum).toBeGreaterThanOrEqual(100)
      expect(sum - framed[framed.length - 1]).toBeLessThan(100)
      await using index = await RecordFileIndex.open(files[i], { missing: 'refuse' })
      expect(index.length).toBe(shard.length)
    }
    expect(bytes).toBe(25 * 16 + 300)
  })

  it('makes one file of nothing', async () => {
    expect(await writeTFRecords(path, [], { recordsPerShard: 10 })).toEqual({
      files: [`${path}-00000-of-00001`],
      records: 0,
      bytes: 0,
    })
  })

  it('puts the records of one key together, in order', async () => {
    const byNumber = await writeTFRecords(path, records, { shards: 3, shardBy: (record) => Number(record.length) + 3 })
    for (const [i, file] of byNumber.files.entries()) {
      expect(await lengthsOf(file)).toEqual(records.map(({ length }) => length).filter((length) => length % 3 === i))
    }
    const key = (_: unknown, index: number) => `key ${index % 7}`
    const byText = await writeTFRecords(path, records, { shards: 4, shardBy: key })
    const shards = await Promise.all(byText.files.map(lengthsOf))
    expect(shards.flat().toSorted((a, b) => a - b)).toEqual(records.map(({ length }) => length))
    for (let k = 0; k < 7; k++)
      expect(shards.filter((shard) => shard.some((length) => length % 7 === k))).toHaveLength(1)
    // A key's place is the same in every release.
    expect(shards.map((shard) => [...new Set(shard.map((length) => length % 7))].toSorted())).toEqual([
      [],
      [0, 3, 5, 6],
      [1, 2, 4],
      [],
    ])
  })

  it.each<[WriteTFRecordsOptions, string]>([
    [
      { shards: 2, recordsPerShard: 3 },
      'the number of shards follows from recordsPerShard or bytesPerShard. Leave out shards.',
    ],
    [{ shardBy: () => 1 }, 'shardBy chooses one of a number of shards. Give shards.'],
    [{ recordsPerShard: 0 }, 'recordsPerShard must be a whole number of at least 1, got 0.'],
    [{ bytesPerShard: 0.5 }, 'bytesPerShard must be a whole number of at least 1, got 0.5.'],
    [{ shards: 2, shardBy: 1 as never }, 'shardBy must be a function, got 1.'],
    [{ compression: 'zip' as never }, "compression must be 'GZIP' or 'ZLIB', got \"zip\"."],
    [{ compression: 'GZIP', compressionLevel: 10 }, 'compressionLevel must be a whole number of 0 to 9, got 10.'],
    [{ sync: 1 as never }, 'sync must be true or false, got 1.'],
    [{ shard: 1 } as never, 'there is no option shard.'],
    [{ shards: 2, shardBy: () => ({}) as never }, 'the key of record 0 must be text or a whole number, got an object.'],
    [{ shards: 2, shardBy: () => -1 }, 'the key of a record must be a whole number of at least 0, got -1.'],
  ])('refuses %o', async (options, message) => {
    await expect(writeTFRecords(path, records, options)).rejects.toThrow(`writeTFRecords: ${message}`)
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses to append, and says what to do', async () => {
    await expect(TFRecordWriter.create(path, { append: true } as never)).rejects.toMatchObject({
      name: 'FailedPreconditionError',
      message: expect.stringMatching(
        /^TFRecordWriter: records cannot be added to a file that exists\. A file is published whole.*merge/,
      ) as string,
    })
  })

  it('has older shards again where one cannot be published', async () => {
    const { files } = await writeTFRecords(path, records, { shards: 3, index: true })
    const before = Object.fromEntries((await readdir(folder)).map((name) => [name, readFileSync(join(folder, name))]))
    for (let nth = 1; nth <= 6; nth++) {
      let renames = 0
      const system: FileSystem = {
        ...nodeFileSystem,
        rename: (from, to) => (++renames === nth ? Promise.reject(failure('EACCES')) : rename(from, to)),
      }
      const failed = writeTFRecords(path, records.toReversed(), { shards: 3, index: true }, system)
      await expect(failed).rejects.toMatchObject({ name: 'PermissionDeniedError' })
      const after = Object.fromEntries((await readdir(folder)).map((name) => [name, readFileSync(join(folder, name))]))
      expect(after, `rename ${nth}`).toEqual(before)
    }
    expect(files).toHaveLength(3)
  })

  it.each([
    ['a Dataset', () => Dataset.range(3).map(() => new Promise<Uint8Array>(() => undefined))],
    ['any stream', () => stuck()],
  ])('is stopped while %s keeps it waiting', async (_what, source) => {
    const controller = new AbortController()
    const stopped = writeTFRecords(path, source(), { signal: controller.signal })
    setImmediate(() => controller.abort('enough'))
    await expect(stopped).rejects.toMatchObject({ name: 'CancelledError', cause: 'enough' })
    const signal = AbortSignal.abort()
    await expect(writeTFRecords(path, source(), { signal })).rejects.toMatchObject({ name: 'CancelledError' })
    expect(await readdir(folder)).toEqual([])
  })

  it('closes what it reads where writing fails', async () => {
    let closed = 0
    async function* source(): AsyncGenerator<FeaturesInput> {
      try {
        yield await Promise.resolve({ a: 1 })
        yield { a: 0.5 }
      } finally {
        closed++
      }
    }
    for (const signal of [undefined, new AbortController().signal]) {
      await expect(writeTFRecords(path, source(), { signal })).rejects.toThrow('writeTFRecords: record 1: feature "a"')
    }
    expect(closed).toBe(2)
  })

  it.each([
    [(at) => writeTFRecords(at, 5 as never), 'records must be a Dataset or another iterable of records, got 5.'],
    [(at) => writeTFRecords(at, null as never), 'records must be a Dataset or another iterable of records, got null.'],
    [(at) => writeTFRecords(at, [], null as never), 'options must be an object, got null.'],
    [(at) => writeTFRecords(at, [], { shards: 1e9 }), 'shards must be at most 99999, got 1000000000.'],
    [(at) => writeTFRecords(at, [], { signal: 5 as never }), 'signal must be an AbortSignal, got 5.'],
    [() => writeTFRecords(5 as never, []), 'path must be paths or file: URLs, got 5.'],
  ] satisfies [(path: string) => Promise<unknown>, string][])('refuses %s', async (call, message) => {
    await expect(call(path)).rejects.toMatchObject({
      name: 'InvalidArgumentError',
      message: `writeTFRecords: ${message}`,
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('takes a file: URL', async () => {
    const { files } = await writeTFRecords(pathToFileURL(path), records)
    expect(files).toEqual([path])
    await (await TFRecordWriter.create(pathToFileURL(path))).close()
    expect(await lengthsOf(path)).toEqual([])
  })

  it('names the record that cannot be stored, in each way of dividing them', async () => {
    const bad = [{ a: 1 }, { a: 2 }, { a: 0.5 }]
    for (const how of [{}, { shards: 2 }, { recordsPerShard: 2 }]) {
      await expect(writeTFRecords(path, bad, how)).rejects.toMatchObject({
        name: 'InvalidArgumentError',
        index: 2,
        message: expect.stringMatching(/^writeTFRecords: record 2: feature "a" is of kind int64/) as string,
      })
    }
    expect(await readdir(folder)).toEqual([])
  })

  it('takes the place of no folder, pipe or device', async () => {
    await mkdir(path)
    const refused = writeTFRecords(path, records)
    await expect(refused).rejects.toMatchObject({ name: 'FailedPreconditionError', file: path })
    await rm(path, { recursive: true })
    const server = createServer().listen(path)
    await once(server, 'listening')
    await expect(writeTFRecords(path, records)).rejects.toThrow('which is a device, a pipe or a socket.')
    expect(await readdir(folder)).toEqual(['a'])
    server.close()
  })

  it.each([{ shards: 3 }, { recordsPerShard: 4 }])(
    'leaves nothing where it is stopped or the disk fills up: %o',
    async (how) => {
      const controller = new AbortController()
      function* stopping(): Generator<Uint8Array> {
        for (const [i, record] of records.entries()) {
          if (i === 11) controller.abort()
          yield record
        }
      }
      const stopped = writeTFRecords(path, stopping(), { ...how, bufferBytes: 30, signal: controller.signal })
      await expect(stopped).rejects.toMatchObject({ name: 'CancelledError' })
      let writes = 0
      const system: FileSystem = {
        ...nodeFileSystem,
        open: async (name, flags) => {
          const handle = await open(name, flags)
          return {
            write: (bytes, start, length) =>
              ++writes > 5 ? Promise.reject(failure('ENOSPC')) : handle.write(bytes, start, length),
            sync: () => handle.sync(),
            close: () => handle.close(),
          }
        },
      }
      for (const compression of [undefined, 'GZIP'] as const) {
        writes = 0
        const full = writeTFRecords(
          path,
          records,
          { ...how, bufferBytes: 30, compression, compressionLevel: 0 },
          system,
        )
        await expect(full).rejects.toMatchObject({ name: 'ResourceExhaustedError' })
      }
      expect(await readdir(folder)).toEqual([])
    },
  )

  it.runIf(process.platform === 'linux')('leaves no descriptor open, however it ends', async () => {
    const count = () => readdirSync('/proc/self/fd').length
    const before = count()
    await writeTFRecords(path, records, { shards: 5, index: true })
    await writeTFRecords(path, records, { recordsPerShard: 5, compression: 'ZLIB' })
    await expect(writeTFRecords(path, [...records, 1 as never], { shards: 5 })).rejects.toThrow()
    await expect(writeTFRecords(join(folder, 'no', 'a'), records, { shards: 5 })).rejects.toThrow()
    await (await TFRecordWriter.create(path, { compression: 'GZIP' })).abort()
    expect(count()).toBeLessThanOrEqual(before)
  })
})

describe('compression', () => {
  it.each(['GZIP', 'ZLIB'] as const)('with %s keeps every byte, at any level and block', async (compression) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 500 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 0, max: 9 }),
        async (given, bufferBytes, compressionLevel) => {
          const writer = await TFRecordWriter.create(path, { compression, compressionLevel, bufferBytes })
          for (const record of given) await writer.write(record)
          await writer.close()
          const unpack = compression === 'GZIP' ? gunzipSync : inflateSync
          expect(Uint8Array.from(unpack(readFileSync(path)))).toEqual(fileOf(given))
          expect(await tfrecords(path).toArray()).toEqual(given)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('reports the bytes of the records, not those on the disk', async () => {
    const { bytes } = await writeTFRecords(path, [new Uint8Array(100_000)], { compression: 'GZIP' })
    expect(bytes).toBe(100_016)
    expect((await readFile(path)).length).toBeLessThan(1000)
  })

  it('cut short or damaged is an error, with the records before it intact', async () => {
    const random = Array.from({ length: 50 }, (_, i) => Uint8Array.from({ length: 400 }, (_, k) => (k * i * 7919) >> 3))
    await writeTFRecords(path, random, { compression: 'GZIP' })
    const whole = await readFile(path)
    for (const damage of [whole.subarray(0, whole.length >> 1), whole.subarray(0, -4)]) {
      await writeFile(path, damage)
      const got: Uint8Array[] = []
      const reading = tfrecords(path, { chunkBytes: 500 }).forEach((record) => got.push(record))
      await expect(reading).rejects.toMatchObject({ name: 'DataLossError', file: path })
      expect(got).toEqual(random.slice(0, got.length))
    }
  })
})

it('a file that shrinks while it is read is an error', async () => {
  await writeTFRecords(
    path,
    Array.from({ length: 100 }, () => new Uint8Array(1000)),
  )
  const iterator = tfrecords(path, { chunkBytes: 2000 }).iterator()
  for (let i = 0; i < 5; i++) await iterator.next()
  await truncate(path, 20_000)
  const rest = async (): Promise<void> => {
    while (!(await iterator.next()).done);
  }
  await expect(rest()).rejects.toThrow(/had 101600 bytes when it was opened and ends at byte 20000/)
  expect(existsSync(path)).toBe(true)
})
