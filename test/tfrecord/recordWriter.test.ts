import { mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeFileSystem, type FileSystem, type WritableFile } from '../../src/files/fileSystem.ts'
import { decodeExample } from '../../src/tfrecord/decodeExample.ts'
import { floatFeature } from '../../src/tfrecord/feature.ts'
import { RecordReader } from '../../src/records/recordReader.ts'
import { TFRecordWriter } from '../../src/tfrecord/recordWriter.ts'
import { shardPaths } from '../../src/tfrecord/shardFiles.ts'
import { writeTFRecords } from '../../src/tfrecord/writeTFRecords.ts'
import { drain, fileOf } from './fixtures.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-writer-'))
  path = join(folder, 'a.tfrecord')
})
afterEach(() => rm(folder, { recursive: true }))

const record = (length: number, seed = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 11 + seed)

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

/** The real file system, with parts replaced. */
function systemWith(file: Partial<WritableFile>, system: Partial<FileSystem> = {}): FileSystem {
  return {
    ...nodeFileSystem,
    async open(name, flags) {
      const handle = await open(name, flags)
      return {
        write: (bytes, start, length) => handle.write(bytes, start, length),
        sync: () => handle.sync(),
        ...file,
        close: async () => {
          await handle.close()
          await file.close?.()
        },
      }
    },
    ...system,
  }
}

const full: Partial<WritableFile> = { write: () => Promise.reject(failure('ENOSPC')) }

describe('TFRecordWriter', () => {
  it('writes records of any length through a buffer of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.boolean(),
        async (lengths, bufferBytes, waits) => {
          const records = lengths.map(record)
          const writer = await TFRecordWriter.create(path, { bufferBytes })
          const pending: unknown[] = []
          for (const each of records) {
            if (waits) await writer.write(each)
            else pending.push(writer.write(each))
          }
          await Promise.all(pending)
          expect(writer.records).toBe(records.length)
          await writer.close()
          expect(new Uint8Array(await readFile(path))).toEqual(fileOf(records))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('copies what it is given before it returns', async () => {
    const writer = await TFRecordWriter.create(path)
    const reused = record(10)
    await writer.write(reused)
    reused.fill(0)
    await writer.close()
    expect(await drain(new RecordReader(path))).toEqual([record(10)])
  })

  it('writes Examples, and keeps the kind of plain numbers', async () => {
    const writer = await TFRecordWriter.create(path)
    await writer.write({ price: 1.5, label: 3 })
    await writer.write({ price: 2, label: 4 })
    expect(() => writer.write({ price: 3, label: 0.5 })).toThrow(
      /feature "label" is of kind int64 and cannot hold 0\.5/,
    )
    await writer.write({ price: floatFeature(4), label: 5n })
    await writer.close()
    const found = (await drain(new RecordReader(path))).map((bytes) => decodeExample(bytes).price)
    expect(found).toEqual([1.5, 2, 4].map((price) => ({ kind: 'float', values: Float32Array.of(price) })))
  })

  it('shows nothing under the name before close, and keeps an older file till then', async () => {
    await writeFile(path, 'old')
    const writer = await TFRecordWriter.create(path, { bufferBytes: 1 })
    await writer.write(record(5))
    expect(await readFile(path, 'utf8')).toBe('old')
    await writer.close()
    expect(new Uint8Array(await readFile(path))).toEqual(fileOf([record(5)]))
    expect(await readdir(folder)).toEqual(['a.tfrecord'])
  })

  it('removes the unfinished file on abort, and keeps the older one', async () => {
    await writeFile(path, 'old')
    const writer = await TFRecordWriter.create(path, { bufferBytes: 1 })
    await writer.write(record(5))
    await Promise.all([writer.abort(), writer.abort()])
    expect(await readdir(folder)).toEqual(['a.tfrecord'])
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(() => writer.write(record(1))).toThrow(/the writer of .*a\.tfrecord is closed/)
    await expect(writer.close()).rejects.toMatchObject({ name: 'FailedPreconditionError', file: path })
    expect(await readFile(path, 'utf8')).toBe('old')
  })

  it('removes the unfinished file where a block is left by a throw', async () => {
    const run = async (): Promise<void> => {
      await using writer = await TFRecordWriter.create(path)
      await writer.write(record(5))
      throw new Error('mine')
    }
    await expect(run()).rejects.toThrow('mine')
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps the file where a block is left after close', async () => {
    {
      await using writer = await TFRecordWriter.create(path)
      await writer.write(record(5))
      await writer.close()
      await writer.close()
      await writer.abort()
    }
    expect(await readdir(folder)).toEqual(['a.tfrecord'])
  })

  it('takes no record after close', async () => {
    const writer = await TFRecordWriter.create(path)
    await writer.close()
    expect(() => writer.write(record(1))).toThrow(
      expect.objectContaining({ name: 'FailedPreconditionError', file: path }),
    )
  })

  it('lets two writers of one name work beside each other', async () => {
    const [one, two] = await Promise.all([TFRecordWriter.create(path), TFRecordWriter.create(path)])
    await one.write(record(1))
    await two.write(record(2))
    await one.close()
    await two.close()
    expect(await drain(new RecordReader(path))).toEqual([record(2)])
    expect(await readdir(folder)).toEqual(['a.tfrecord'])
  })

  it('passes by a temporary file that a killed process left', async () => {
    let tries = 0
    const system = systemWith(
      {},
      {
        open: (name, flags) => (tries++ < 2 ? Promise.reject(failure('EEXIST')) : open(name, flags)),
      },
    )
    const writer = await TFRecordWriter.create(path, {}, system)
    await writer.close()
    expect([tries, await readdir(folder)]).toEqual([3, ['a.tfrecord']])
  })

  it('goes on after a write that took only part', async () => {
    const system = systemWith(
      {},
      {
        open: async (name, flags) => {
          const handle = await open(name, flags)
          return {
            write: (bytes, start, length) => handle.write(bytes, start, Math.min(length, 7)),
            sync: () => handle.sync(),
            close: () => handle.close(),
          }
        },
      },
    )
    const writer = await TFRecordWriter.create(path, {}, system)
    await writer.write(record(100))
    await writer.close()
    expect(await drain(new RecordReader(path))).toEqual([record(100)])
  })

  it('syncs if asked to', async () => {
    for (const sync of [true, false]) {
      let synced = 0
      const system = systemWith({
        sync: () => {
          synced++
          return Promise.resolve()
        },
      })
      await (await TFRecordWriter.create(path, { sync }, system)).close()
      expect(synced).toBe(sync ? 1 : 0)
    }
  })

  it('reports progress', async () => {
    const seen: unknown[] = []
    const writer = await TFRecordWriter.create(path, { bufferBytes: 1, onProgress: (progress) => seen.push(progress) })
    await writer.write(record(4))
    await writer.close()
    expect(seen).toEqual([
      { records: 1, bytes: 20 },
      { records: 1, bytes: 20 },
    ])
  })
})

describe('a failing disk', () => {
  const enospc = {
    name: 'ResourceExhaustedError',
    message: expect.stringMatching(/cannot write .*a\.tfrecord: ENOSPC/) as string,
  }

  it('fails the write that waits, and every later call', async () => {
    const writer = await TFRecordWriter.create(path, { bufferBytes: 10 }, systemWith(full))
    void writer.write(record(20))
    await expect(writer.write(record(20))).rejects.toMatchObject({ ...enospc, file: path })
    expect(() => writer.write(record(1))).toThrow(expect.objectContaining({ name: 'ResourceExhaustedError' }))
    await expect(writer.close()).rejects.toMatchObject(enospc)
    expect(await readdir(folder)).toEqual([])
  })

  it.each<readonly [what: string, system: FileSystem, name: string]>([
    ['a full disk', systemWith(full), 'ResourceExhaustedError'],
    ['a failing sync', systemWith({ sync: () => Promise.reject(failure('EIO')) }), 'UnknownError'],
    ['a failing close', systemWith({ close: () => Promise.reject(failure('ENOSPC')) }), 'ResourceExhaustedError'],
    ['a failing rename', systemWith({}, { rename: () => Promise.reject(failure('EACCES')) }), 'PermissionDeniedError'],
  ])('fails close and leaves nothing: %s', async (_, system, name) => {
    const writer = await TFRecordWriter.create(path, { sync: true }, system)
    await writer.write(record(20))
    await expect(writer.close()).rejects.toMatchObject({ name, file: path })
    await writer.abort()
    expect(await readdir(folder)).toEqual([])
  })

  it('leaves nothing where the progress callback throws', async () => {
    const onProgress = (): void => {
      throw new Error('mine')
    }
    const writer = await TFRecordWriter.create(path, { bufferBytes: 1, onProgress })
    void writer.write(record(20))
    await expect(writer.close()).rejects.toThrow('mine')
    expect(await readdir(folder)).toEqual([])
  })

  it('names a folder that does not exist', async () => {
    const missing = join(folder, 'none', 'a.tfrecord')
    await expect(TFRecordWriter.create(missing)).rejects.toMatchObject({ name: 'NotFoundError', file: missing })
  })
})

describe('writeTFRecords', () => {
  const records = Array.from({ length: 25 }, (_, i) => record(i, i))

  async function* later(): AsyncGenerator<Uint8Array> {
    for (const each of records) {
      await Promise.resolve()
      yield each
    }
  }

  it('writes one file under the name as it is', async () => {
    expect(await writeTFRecords(path, records)).toEqual({ files: [path], records: 25, bytes: 25 * 16 + 300 })
    expect(await drain(new RecordReader(path))).toEqual(records)
  })

  it.each([1, 3, 30])('deals records out to %d shards', async (shards) => {
    for (const source of [records, later()]) {
      const { files } = await writeTFRecords(path, source, { shards, bufferBytes: 64 })
      expect(files).toEqual(shardPaths(path, shards))
      for (const [i, file] of files.entries()) {
        expect(await drain(new RecordReader(file))).toEqual(records.filter((_, k) => k % shards === i))
      }
    }
    expect((await readdir(folder)).length).toBe(shards)
  })

  it('names shards as TensorFlow datasets do', () => {
    expect(shardPaths('x/a.tfrecord', 2)).toEqual(['x/a.tfrecord-00000-of-00002', 'x/a.tfrecord-00001-of-00002'])
    expect(shardPaths('a')).toEqual(['a'])
  })

  it('keeps the kind of plain numbers over all shards', async () => {
    const { files } = await writeTFRecords(path, [{ v: 0.5 }, { v: 1 }], { shards: 2 })
    const [bytes] = await drain(new RecordReader(files[1]))
    expect(decodeExample(bytes).v?.kind).toBe('float')
  })

  it('writes none where the records fail, and lets go of them', async () => {
    let finished = false
    function* broken(): Generator<Uint8Array> {
      try {
        yield* records
        throw new Error('mine')
      } finally {
        finished = true
      }
    }
    await expect(writeTFRecords(path, broken(), { shards: 3 })).rejects.toThrow('mine')
    expect([finished, await readdir(folder)]).toEqual([true, []])
  })

  it('writes none where the disk is full', async () => {
    await expect(writeTFRecords(path, records, { shards: 2 }, systemWith(full))).rejects.toMatchObject({
      name: 'ResourceExhaustedError',
      file: `${path}-00000-of-00002`,
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('takes names back where one cannot be given', async () => {
    let renames = 0
    const system = systemWith(
      {},
      {
        rename: (from, to) => (++renames === 3 ? Promise.reject(failure('EACCES')) : rename(from, to)),
      },
    )
    await expect(writeTFRecords(path, records, { shards: 4 }, system)).rejects.toMatchObject({
      name: 'PermissionDeniedError',
      file: `${path}-00002-of-00004`,
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('stops at the signal, and lets go of the records', async () => {
    const controller = new AbortController()
    let given = 0
    function* counted(): Generator<Uint8Array> {
      for (const each of records) {
        if (++given === 5) controller.abort(new Error('enough'))
        yield each
      }
    }
    await expect(writeTFRecords(path, counted(), { signal: controller.signal })).rejects.toMatchObject({
      name: 'CancelledError',
      cause: expect.objectContaining({ message: 'enough' }) as Error,
    })
    expect([given, await readdir(folder)]).toEqual([5, []])
  })

  it('reports the sum of all shards', async () => {
    const seen: number[] = []
    await writeTFRecords(path, records, { shards: 3, bufferBytes: 1, onProgress: ({ bytes }) => seen.push(bytes) })
    expect(seen.at(-1)).toBe(25 * 16 + 300)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })

  it.each([0, 1.5, -1])('refuses %d shards', async (shards) => {
    await expect(writeTFRecords(path, records, { shards })).rejects.toThrow(
      /writeTFRecords: shards must be a whole number/,
    )
  })

  it('refuses a buffer of 0', async () => {
    await expect(TFRecordWriter.create(path, { bufferBytes: 0 })).rejects.toThrow(/TFRecordWriter: bufferBytes must be/)
    expect(await readdir(folder)).toEqual([])
  })
})
