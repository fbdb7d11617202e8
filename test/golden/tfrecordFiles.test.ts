import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, inflateSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { Compression } from '../../src/files/decompressed.ts'
import { tfrecords, writeTFRecords } from '../../src/tfrecord/index.ts'
import { fileOf, fromHex, hexOf } from '../tfrecord/fixtures.ts'

interface Goldens {
  readonly compressed: readonly {
    readonly name: string
    readonly compression: Compression
    readonly file: string
    readonly records: readonly string[]
  }[]
  readonly interleave: readonly {
    readonly lengths: readonly number[]
    readonly numParallelReads: number | null
    readonly order: readonly string[]
  }[]
}

const goldens = JSON.parse(readFileSync(new URL('./tfrecordFiles.json', import.meta.url), 'utf8')) as Goldens
const folder = mkdtempSync(join(tmpdir(), 'millrace-files-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe.each(goldens.compressed)("TensorFlow's $compression file of $name", ({ name, compression, file, records }) => {
  const path = join(folder, `${name}.${compression}`)
  writeFileSync(path, fromHex(file))

  it.each([compression, 'auto'] as const)('is read as %s', async (how) => {
    for (const chunkBytes of [1, 50, 1 << 20]) {
      const found = await tfrecords(path, { compression: how, chunkBytes }).toArray()
      expect(found.map(hexOf)).toEqual(records)
    }
  })

  it('holds the bytes that are compressed here', async () => {
    const copy = `${path}.copy`
    await writeTFRecords(copy, records.map(fromHex), { compression })
    const unpack = compression === 'GZIP' ? gunzipSync : inflateSync
    expect(unpack(readFileSync(copy))).toEqual(unpack(fromHex(file)))
  })

  it('goes on from every record', async () => {
    const dataset = tfrecords(path, { compression, chunkBytes: 100 })
    const iterator = dataset.iterator()
    for (let k = 0; k <= records.length; k++) {
      const rest = await dataset.toArray({ state: iterator.save() })
      expect(rest.map(hexOf)).toEqual(records.slice(k))
      await iterator.next()
    }
  })
})

describe.each(goldens.interleave.filter(({ lengths }) => lengths.length > 0))(
  'files of $lengths records, $numParallelReads at the same time',
  ({ lengths, numParallelReads, order }) => {
    const paths = lengths.map((length, i) => {
      const path = join(folder, `${lengths.join('-')}.${i}`)
      writeFileSync(path, fileOf(Array.from({ length }, (_, k) => Buffer.from(`${i}-${k}`))))
      return path
    })
    const dataset = (chunkBytes = 20) =>
      tfrecords(paths, { chunkBytes, ...(numParallelReads !== null && { numParallelReads }) }).map((bytes) =>
        Buffer.from(bytes).toString(),
      )

    it('come in the order of TensorFlow', async () => {
      for (const chunkBytes of [1, 20, 1 << 20]) expect(await dataset(chunkBytes).toArray()).toEqual(order)
    })

    it('go on from every record', async () => {
      const iterator = dataset().iterator()
      const keys = Object.keys(iterator.save().position)
      for (let k = 0; k <= order.length; k++) {
        const state = JSON.parse(JSON.stringify(iterator.save())) as ReturnType<typeof iterator.save>
        expect(Object.keys(state.position)).toEqual(keys)
        expect(await dataset(7).toArray({ state })).toEqual(order.slice(k))
        await iterator.next()
      }
    })

    it('are skipped', async () => {
      for (let k = 0; k <= order.length + 1; k++) expect(await dataset().skip(k).toArray()).toEqual(order.slice(k))
    })
  },
)
