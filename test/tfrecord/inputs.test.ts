import { execFileSync } from 'node:child_process'
import { createReadStream, readdirSync } from 'node:fs'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  fileSource,
  IndexedRecords,
  tfrecords,
  writeTFRecords,
  type RecordFilesInput,
} from '../../src/tfrecord/index.ts'
import { readFully } from '../../src/files/byteSource.ts'
import { handleSource } from '../../src/files/handleSource.ts'
import { urlSource } from '../../src/files/urlSource.ts'
import { fileOf } from './fixtures.ts'

const records = Array.from({ length: 30 }, (_, i) => new Uint8Array(i * 5).fill(i))
const bytes = fileOf(records)
const zipped = gzipSync(bytes)
let folder = ''
let path = ''
let server: Server
let origin = ''
/** What clients asked for: path and range. */
const requests: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-inputs-'))
  path = join(folder, 'a.tfrecord')
  for (const name of ['a.tfrecord', 'c.tfrecord', 'b.tfrecord', 'with[brackets].tfrecord']) {
    await writeFile(join(folder, name), bytes)
  }
  await writeFile(join(folder, 'a.gz'), zipped)
  server = createServer((request, response) => {
    const { url = '', headers } = request
    requests.push(`${url} ${headers.range ?? ''}`.trim())
    const body = url.endsWith('.gz') ? zipped : bytes
    const from = /bytes=(\d+)-/.exec(headers.range ?? '')
    if (url === '/denied') response.writeHead(403).end()
    else if (url === '/broken') response.writeHead(500, 'Out of order').end()
    else if (url === '/never') return
    else if (url === '/stops') response.writeHead(200).write(bytes.subarray(0, 40))
    else if (url === '/cut')
      response.writeHead(200, { 'content-length': 10_000 }).write(bytes, () => response.destroy())
    else if (!url.startsWith('/a')) response.writeHead(404).end('no such file')
    else if (url === '/a-whole') response.end(body)
    else if (from === null) response.writeHead(200, { 'accept-ranges': 'bytes' }).end(body)
    else if (Number(from[1]) >= body.length) response.writeHead(416).end()
    else response.writeHead(206).end(body.subarray(Number(from[1])))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const read = (files: RecordFilesInput) => tfrecords(files, { chunkBytes: 100 }).toArray()

/** From every record, in a new reading that goes on from the state. */
async function resume(files: RecordFilesInput): Promise<void> {
  const dataset = tfrecords(files, { chunkBytes: 64 })
  const iterator = dataset.iterator()
  for (let k = 0; k <= records.length; k += 6) {
    expect(await dataset.toArray({ state: iterator.save() })).toEqual(records.slice(k))
    for (let i = 0; i < 6; i++) await iterator.next()
  }
  await iterator.return()
}

describe('tfrecords reads', () => {
  it('a file URL', async () => {
    expect(await read(pathToFileURL(path))).toEqual(records)
  })

  it('an open file handle, which stays open', async () => {
    const handle = await open(path)
    try {
      for (let i = 0; i < 2; i++) expect(await read(handle)).toEqual(records)
      await resume(handle)
      expect((await handle.stat()).size).toBe(bytes.length)
    } finally {
      await handle.close()
    }
  })

  it('a file handle of a pipe, once and in order', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const written = writeFile(pipe, bytes)
    const handle = await open(pipe)
    try {
      expect(await read(handle)).toEqual(records)
      await expect(read(handle)).rejects.toMatchObject({
        name: 'FailedPreconditionError',
        message:
          'file handle 0 is a pipe or a device, which was read already. Give a function that opens it: () => open(path).then((handle) => handle.createReadStream()).',
      })
    } finally {
      await written
      await handle.close()
    }
  })

  it('a pipe by its handle from a place on', async () => {
    const pipe = join(folder, 'another')
    execFileSync('mkfifo', [pipe])
    const written = writeFile(pipe, bytes)
    const handle = await open(pipe)
    try {
      const source = handleSource(handle)
      expect(await source.open(100)).toBeUndefined()
      expect([source.seekable, source.overlaps]).toEqual([false, false])
      const rest = new Uint8Array(bytes.length - 100)
      expect(await readFully(source, rest, 100)).toBe(rest.length)
      expect(rest).toEqual(new Uint8Array(bytes.subarray(100)))
      expect(await source.read(rest, 0, 1, bytes.length)).toBe(0)
    } finally {
      await written
      await handle.close()
    }
  })

  it('a Node stream, once', async () => {
    const dataset = tfrecords(createReadStream(path, { highWaterMark: 50 }))
    expect(await dataset.toArray()).toEqual(records)
    await expect(dataset.toArray()).rejects.toMatchObject({
      name: 'FailedPreconditionError',
      message: 'stream 0 is a stream, which was read already. Give a function that opens it: () => stream.',
    })
  })

  it('a web stream, an async generator, and an array of pieces', async () => {
    expect(await read(Readable.toWeb(Readable.from([bytes])) as AsyncIterable<Uint8Array>)).toEqual(records)
    const pieces = Array.from({ length: 100 }, (_, i) => bytes.subarray(i * 30, i * 30 + 30))
    async function* generate(): AsyncGenerator<Uint8Array> {
      for (const piece of pieces) yield await Promise.resolve(piece)
    }
    expect(await read(generate())).toEqual(records)
    expect(await read([() => pieces])).toEqual(records)
  })

  it('what a function opens, again each time', async () => {
    await resume(() => createReadStream(path))
    await resume(() => Promise.resolve(createReadStream(join(folder, 'a.gz'))))
    await resume(() => fileSource(path))
  })

  it('several inputs of different kinds', async () => {
    const found = await read([path, pathToFileURL(path), () => createReadStream(path), join(folder, 'a.gz')])
    expect(found).toEqual([...records, ...records, ...records, ...records])
  })

  it('the files of a glob in the order of their names', async () => {
    const numbered = async (pattern: string) =>
      (
        await tfrecords(pattern)
          .map((record) => record.length)
          .toArray()
      ).length / records.length
    expect(await numbered(join(folder, '[abc].tfrecord'))).toBe(3)
    expect(await numbered(join(folder, '*.{tfrecord,gz}'))).toBe(5)
    expect(await numbered(join(folder, 'a.{gz,tfrecord}'))).toBe(2)
  })

  it('leaves out the indexes that a glob matches too', async () => {
    const path = join(folder, 'indexed')
    await writeTFRecords(
      path,
      [0, 1, 2].map((n) => Uint8Array.of(n)),
      { shards: 2, index: true },
    )
    const found = [0, 2, 1].map((n) => Uint8Array.of(n))
    expect(await tfrecords(`${path}-*`).toArray()).toEqual(found)
    await using records = await IndexedRecords.open(`${path}-*`, { missing: 'refuse' })
    expect(await tfrecords(records).toArray()).toEqual(found)
    // One without the file it belongs to is a file like others.
    await expect(tfrecords(`${path}-*.index`).toArray()).rejects.toThrow(/is not a TFRecord file/)
  })

  it('goes on within the files of a glob', async () => {
    const dataset = tfrecords(join(folder, '[ab].tfrecord'))
    const iterator = dataset.iterator()
    for (let k = 0; k < 40; k++) await iterator.next()
    expect(await dataset.toArray({ state: iterator.save() })).toEqual(records.slice(10))
    await iterator.return()
  })

  it('a file whose name looks like a glob', async () => {
    expect(await read(join(folder, 'with[brackets].tfrecord'))).toEqual(records)
  })

  it('refuses a glob without files, at the first element', async () => {
    const pattern = join(folder, '*.none')
    await expect(read(pattern)).rejects.toMatchObject({
      name: 'NotFoundError',
      message: `no file matches ${pattern}. Check the pattern.`,
    })
  })

  it('names a stream that fails, or gives no bytes', async () => {
    const failing = () => Promise.reject(new Error('no route'))
    await expect(read([failing])).rejects.toThrow('cannot open stream 0: no route.')
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes.subarray(0, 50))
      throw new Error('torn')
    }
    await expect(read([path, broken])).rejects.toThrow('cannot read stream 1: torn.')
    const text = createReadStream(path, { encoding: 'latin1' })
    await expect(read(text)).rejects.toThrow('stream 0 gave string where bytes were expected.')
  })

  it('closes streams that are left early', async () => {
    let closed = 0
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(bytes)
      } finally {
        closed++
      }
    }
    await tfrecords(stream).take(5).toArray()
    expect(closed).toBe(1)
  })
})

describe('tfrecords over http', () => {
  it('reads a file, plain and compressed', async () => {
    expect(await read(new URL('/a', origin))).toEqual(records)
    expect(await read(new URL('/a.gz', origin))).toEqual(records)
  })

  it('goes on with a request of what is left', async () => {
    await resume(new URL('/a', origin))
    requests.length = 0
    const dataset = tfrecords(new URL('/a', origin), { chunkBytes: 40 })
    const iterator = dataset.iterator()
    for (let k = 0; k < 3; k++) await iterator.next()
    await dataset.toArray({ state: iterator.save() })
    expect(requests.toSorted()).toEqual(['/a', '/a', '/a bytes=63-'])
    await iterator.return()
  })

  it('goes on where the server knows no ranges, and where the stream is compressed', async () => {
    await resume(new URL('/a-whole', origin))
    await resume(new URL('/a.gz', origin))
  })

  it.each([
    ['/none', 'NotFoundError', 'the server answered 404 Not Found. Check the address.'],
    ['/denied', 'PermissionDeniedError', 'the server answered 403 Forbidden.'],
    ['/broken', 'UnavailableError', 'the server answered 500 Out of order.'],
  ])('refuses %s', async (name, error, message) => {
    const url = new URL(name, origin)
    await expect(read(url)).rejects.toMatchObject({ name: error, message: `cannot open ${url.href}: ${message}` })
  })

  it('names a server that is not there, and an answer that is cut off', async () => {
    await expect(read(new URL('http://127.0.0.1:1/x'))).rejects.toMatchObject({ name: 'UnavailableError' })
    await expect(read(new URL('/cut', origin))).rejects.toThrow(/^cannot read http:.*\/cut: /)
  })

  it('lets go of an answer that is left early', async () => {
    for (let i = 0; i < 5; i++) expect(await tfrecords(new URL('/a', origin)).take(2).toArray()).toHaveLength(2)
  })
})

describe.runIf(process.platform === 'linux')('descriptors', () => {
  const count = (): number => readdirSync('/proc/self/fd').length

  it('are all closed, however a reading ends', async () => {
    const files = [path, join(folder, 'b.tfrecord'), join(folder, 'a.gz'), join(folder, 'c.tfrecord')]
    const damaged = join(folder, 'damaged')
    const changed = await readFile(path)
    changed[200] ^= 1
    await writeFile(damaged, changed)
    const before = count()
    for (const numParallelReads of [1, 3]) {
      const dataset = (inputs: RecordFilesInput) => tfrecords(inputs, { numParallelReads, chunkBytes: 50 })
      await dataset(files).toArray()
      await dataset(files).take(40).toArray()
      await dataset(files).first()
      await expect(dataset([...files, damaged]).toArray()).rejects.toThrow()
      await expect(dataset([...files, join(folder, 'absent')]).toArray()).rejects.toThrow()
      const controller = new AbortController()
      const iterator = dataset(files).iterator({ signal: controller.signal })
      await iterator.next()
      controller.abort()
      await iterator.next().catch(() => undefined)
    }
    // Closing is not waited for by whoever gets an error.
    await expect.poll(count).toBeLessThanOrEqual(before)
  })
})

describe('a URL', () => {
  it.each(['/a', '/a-whole'])('gives the right bytes to reads at the same time (%s)', async (path) => {
    const source = urlSource(new URL(`${origin}${path}`))
    await source.open()
    const offsets = source.seekable ? [0, 700, 100, 1000, 1001] : [0, 10, 20]
    const parts = await Promise.all(
      offsets.map(async (offset) => {
        const part = new Uint8Array(10)
        return part.subarray(0, await readFully(source, part, offset))
      }),
    )
    expect(parts).toEqual(offsets.map((offset) => new Uint8Array(bytes.subarray(offset, offset + 10))))
    await source.close()
  })

  it('goes on after a read that failed', async () => {
    const source = urlSource(new URL(`${origin}/a`))
    await source.open()
    const reads = [source.read(new Uint8Array(1), 5, 10, 0), source.read(new Uint8Array(4), 0, 4, 8)]
    const [failed, read] = await Promise.allSettled(reads)
    expect([failed.status, read.status]).toEqual(['rejected', 'fulfilled'])
    await source.close()
  })
})

describe('a signal is heard', () => {
  const inputs: [string, () => RecordFilesInput][] = [
    ['a server that never answers', () => new URL(`${origin}/never`)],
    ['a server that stops in the midst', () => new URL(`${origin}/stops`)],
    ['a Node stream that stops', () => new Readable({ read: () => undefined })],
  ]
  it.each(inputs)('while %s is waited for', async (_name, input) => {
    const controller = new AbortController()
    const running = tfrecords(input()).toArray({ signal: controller.signal })
    await turn()
    controller.abort('enough')
    await expect(running).rejects.toMatchObject({ name: 'CancelledError', cause: 'enough' })
  })

  it.each(inputs)('and so is return(), while %s is waited for', async (_name, input) => {
    const iterator = tfrecords(input()).iterator()
    const next = iterator.next()
    await turn()
    await iterator.return()
    expect(await next).toEqual({ done: true, value: undefined })
  })
})
