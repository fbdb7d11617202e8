import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { bytesFeature, floatFeature, tfrecords, writeTFRecords } from '../../src/tfrecord/index.ts'
import { fileOf } from '../tfrecord/fixtures.ts'
import { ok, runTfrecord } from './terminal.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'))
  path = join(folder, 'a.tfrecord')
})
afterEach(() => rm(folder, { recursive: true }))

const tfrecord = (...args: string[]) => runTfrecord(folder, args)
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await tfrecord(...args, '--json')).out)

const examples = [
  { label: 3, name: 'first', pixels: bytesFeature(Uint8Array.from({ length: 300 }, (_, i) => i)) },
  { label: 2n ** 60n, name: 'second', pixels: bytesFeature(new Uint8Array(4)), weight: floatFeature([0.5, -2]) },
]
const plain = [10, 20, 30].map((length) => new Uint8Array(length).fill(length))

/** A file of plain records with a wrong byte in the data of the second. */
async function writeDamaged(): Promise<void> {
  const file = fileOf(plain)
  file[40] ^= 1
  await writeFile(path, file)
}

const damage =
  '~/a.tfrecord: record 1 at byte 26: the checksum of its data does not match: stored 0x5253df4f, ' +
  'computed 0x4e09d57d. The file is damaged; write or copy it again.'

describe('info', () => {
  it('prints what Examples hold', async () => {
    await writeTFRecords(path, examples)
    expect(await tfrecord('info', path)).toEqual(
      ok(`~/a.tfrecord: 2 records, 90 to 358 bytes each; 480 bytes
  label   int64 [1], 3 to 1152921504606846976
  name    bytes [1], 5 to 6 bytes
  pixels  bytes [1], 4 to 300 bytes
  weight  float [2], -2 to 0.5, in 1 of 2
`),
    )
    expect(await json('info', path, '--limit', '1')).toEqual([
      {
        file: '~/a.tfrecord',
        fileBytes: 480,
        compression: null,
        records: 2,
        recordBytes: { least: 90, most: 358, sum: 448 },
        features: {
          label: { kinds: ['int64'], records: 1, values: [1, 1], range: [3, 3] },
          name: { kinds: ['bytes'], records: 1, values: [1, 1], range: [5, 5] },
          pixels: { kinds: ['bytes'], records: 1, values: [1, 1], range: [300, 300] },
        },
      },
    ])
  })

  it('prints the sizes of other records, compressed or none', async () => {
    await writeTFRecords(path, plain, { compression: 'GZIP' })
    await writeTFRecords(join(folder, 'b'), [])
    const { out } = await tfrecord('info', join(folder, '[ab]*'))
    expect(out.replace(/\d+ bytes, GZIP/, 'N bytes, GZIP')).toBe(
      `~/a.tfrecord: 3 records, 10 to 30 bytes each; N bytes, GZIP
  the records are no tf.train.Examples
~/b: 0 records; 0 bytes
`,
    )
  })
})

describe('head', () => {
  it('prints the first records', async () => {
    await writeTFRecords(path, [...examples, new Uint8Array(20).fill(255), Uint8Array.of(255)])
    expect(await tfrecord('head', path)).toEqual(
      ok(`record 0, 358 bytes
  label: int64 [3]
  name: bytes ["first"]
  pixels: bytes [<0001020304050607... 300 bytes>]
record 1, 90 bytes
  label: int64 [1152921504606846976]
  name: bytes ["second"]
  pixels: bytes [<00000000>]
  weight: float [0.5, -2]
record 2, 20 bytes
  <ffffffffffffffff... 20 bytes>
record 3, 1 bytes
  <ff>
`),
    )
    expect((await tfrecord('head', path, '-n', '1')).out).toContain('record 0')
    const lines = (await tfrecord('head', path, '--json')).out.trim().split('\n')
    expect(lines.slice(1).map((line) => JSON.parse(line) as unknown)).toEqual([
      { label: ['1152921504606846976'], name: ['second'], pixels: [{ hex: '00000000' }], weight: [0.5, -2] },
      { bytes: 'ff'.repeat(20) },
      { bytes: 'ff' },
    ])
  })
})

describe('verify', () => {
  it('finds nothing wrong with whole files', async () => {
    await writeFile(path, fileOf(plain))
    await writeFile(join(folder, 'b.gz'), gzipSync(fileOf(plain)))
    expect(await tfrecord('verify', path, join(folder, 'b.gz'))).toEqual(
      ok('~/a.tfrecord: 3 records, ok\n~/b.gz: 3 records, ok\n'),
    )
  })

  it('prints each damage, with exit code 1', async () => {
    await writeDamaged()
    expect(await tfrecord('verify', path)).toEqual({
      code: 1,
      out: `${damage} 36 bytes are lost.\n~/a.tfrecord: 2 records, 1 damaged\n`,
      err: '',
    })
    expect(await json('verify', path)).toEqual([
      {
        file: '~/a.tfrecord',
        records: 2,
        problems: [{ record: 1, byteOffset: 26, bytes: 36, reason: damage }],
      },
    ])
  })

  it('names what cannot be decompressed, and records that are no Examples', async () => {
    const random = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) >> 3)
    await writeFile(path, gzipSync(fileOf([random])).subarray(0, -20))
    const { code, out } = await tfrecord('verify', path)
    expect([code, out]).toEqual([
      1,
      'cannot decompress ~/a.tfrecord: unexpected end of file. Is the file whole, and compressed in the way that was ' +
        'named?\n~/a.tfrecord: 0 records, 1 damaged\n',
    ])
    await writeTFRecords(path, [...examples, Uint8Array.of(255)])
    expect((await tfrecord('verify', path)).code).toBe(0)
    const checked = await tfrecord('verify', '--examples', path)
    expect(checked.code).toBe(1)
    expect(checked.out).toMatch(/^~\/a\.tfrecord: record 2: .*\n~\/a\.tfrecord: 3 records, 1 damaged\n$/)
  })
})

describe('repair', () => {
  it('keeps the records that are whole', async () => {
    await writeDamaged()
    const mended = join(folder, 'mended')
    expect(await tfrecord('repair', path, mended)).toEqual(
      ok(`${damage} 36 bytes are left out.\n~/mended: 2 records\n`),
    )
    expect(await tfrecords(mended).toArray()).toEqual([plain[0], plain[2]])
    expect(await json('repair', path, path)).toMatchObject({ records: 2, skipped: [{ record: 1 }], cutOff: null })
    expect((await tfrecord('verify', path)).code).toBe(0)
  })

  it('keeps what comes before the end of a cut compressed file', async () => {
    const many = Array.from({ length: 40 }, (_, k) =>
      Uint8Array.from({ length: 5000 }, (_, i) => (i * i * (k + 7919)) >> 5),
    )
    await writeFile(path, gzipSync(fileOf(many)).subarray(0, -5000))
    const { code, out } = await tfrecord('repair', path, path)
    expect(code).toBe(0)
    const kept = await tfrecords(path).toArray()
    expect(out).toBe(
      'cannot decompress ~/a.tfrecord: unexpected end of file. Is the file whole, and compressed in the way that was ' +
        `named? Everything after it is left out.\n~/a.tfrecord: ${kept.length} records\n`,
    )
    expect(kept.length).toBeGreaterThan(0)
    expect(kept).toEqual(many.slice(0, kept.length))
  })
})

describe('split and merge', () => {
  it('divide and join again', async () => {
    await writeFile(path, fileOf(plain))
    expect(await tfrecord('split', path, '-o', join(folder, 's'), '--records-per-shard', '2', '--index')).toEqual(
      ok('~/s-00000-of-00002\n~/s-00001-of-00002\n3 records, 108 bytes\n'),
    )
    expect((await readdir(folder)).filter((name) => name.endsWith('.index'))).toHaveLength(2)
    const joined = join(folder, 'joined')
    expect(await tfrecord('merge', join(folder, 's-*'), '-o', joined, '--sync')).toEqual(
      ok('~/joined\n3 records, 108 bytes\n'),
    )
    expect(await readFile(joined)).toEqual(await readFile(path))
    expect(
      await json('split', path, '-o', join(folder, 't'), '--shards', '2', '--compression', 'GZIP', '--sync'),
    ).toEqual({
      files: [0, 1].map((i) => `~/t-0000${i}-of-00002`),
      records: 3,
      bytes: 108,
    })
    expect(await tfrecord('split', path, '-o', joined)).toEqual({
      code: 2,
      out: '',
      err: 'InvalidArgumentError: split: into how many files? Give --shards, --records-per-shard or --bytes-per-shard.\n',
    })
  })

  it('write nothing where an input is damaged', async () => {
    await writeDamaged()
    const before = await readdir(folder)
    const { code, err } = await tfrecord('merge', path, '-o', join(folder, 'joined'))
    expect(code).toBe(1)
    expect(err).toBe(`DataLossError: ${damage}\n`)
    expect(await readdir(folder)).toEqual(before)
  })
})

describe('index and bench', () => {
  it('index writes an index', async () => {
    await writeFile(path, fileOf(plain))
    expect(await tfrecord('index', path)).toEqual(ok('~/a.tfrecord.index: 3 records\n'))
    expect(await json('index', path)).toEqual([{ file: '~/a.tfrecord', index: '~/a.tfrecord.index', records: 3 }])
  })

  it('bench says how fast files are read', async () => {
    await writeFile(path, fileOf(plain))
    const { code, out } = await tfrecord('bench', path, '--rounds', '1')
    expect(code).toBe(0)
    const line = /^with(out)? checksums: 3 records in \d+\.\d{3} s, \d+ a second, \d+\.\d\d us each, \d+\.\d MB\/s$/
    expect(
      out
        .trim()
        .split('\n')
        .map((text) => line.test(text)),
    ).toEqual([true, true])
    expect(await json('bench', path, path, '--parallel', '2', '--rounds', '1')).toEqual([
      expect.objectContaining({ checksums: true, records: 6, bytes: 120 }),
      expect.objectContaining({ checksums: false, records: 6, bytes: 120 }),
    ])
  })
})

describe('millrace', () => {
  it('runs as a program', async () => {
    await writeDamaged()
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
    const args = ['--import', 'tsx', main, 'tfrecord', 'verify', path]
    const failed: unknown = await promisify(execFile)(process.execPath, args).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('2 records, 1 damaged') as string,
      stderr: '',
    })
  })

  it('shows a bar on a terminal, on standard error alone', async () => {
    await writeFile(path, fileOf(plain))
    for (const [command, printed] of [
      ['verify', `${path}: 3 records, ok\n`],
      ['index', `${path}.index: 3 records\n`],
    ]) {
      for (const isTTY of [true, false]) {
        const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 80 })
        let out = ''
        const code = await run(['tfrecord', command, path], { stdout: { write: (text) => (out += text) }, stderr })
        expect([code, out]).toEqual([0, printed])
        expect(String(stderr.read() ?? '').includes('of 108 bytes')).toBe(isTTY)
      }
    }
  })

  it('prints help', async () => {
    const { code, out } = await tfrecord('--help')
    expect(code).toBe(0)
    const commands = [...out.matchAll(/^ {2}(\w+) .*[<[]/gm)].map(([, name]) => name)
    expect(commands).toEqual([
      'info',
      'head',
      'verify',
      'repair',
      'convert',
      'split',
      'merge',
      'index',
      'bench',
      'help',
    ])
  })

  it.each<[string[], string]>([
    [['none'], "error: unknown command 'none'\n"],
    [['info'], "error: missing required argument 'files'\n"],
    [
      ['info', 'x', '--limit', '0'],
      "error: option '--limit <n>' argument '0' is invalid. It takes a whole number of at least 1.\n",
    ],
    [['merge', 'x'], "error: required option '-o, --output <file>' not specified\n"],
    [
      ['merge', 'x', '-o', 'y', '--compression', 'zip'],
      "error: option '--compression <kind>' argument 'zip' is invalid. Allowed choices are GZIP, ZLIB.\n",
    ],
  ])('refuses %j with exit code 2', async (args, err) => {
    expect(await tfrecord(...args)).toEqual({ code: 2, out: '', err })
  })

  it('names a file that is not there, with exit code 1', async () => {
    const { code, err } = await tfrecord('info', join(folder, 'none'))
    expect(code).toBe(1)
    expect(err).toMatch(/^NotFoundError: cannot open ~\/none: ENOENT.* Check the path\.\n$/)
  })
})
