import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, inflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readJson } from './fixtures.ts'
import { writeFixtures } from './writeFixtures.ts'

/** What TensorFlow read and found right; see test/fixtures/tfrecord/verify.py. */
const verified = readJson('verified.json') as { records: number; files: Record<string, string> }

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-verified-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('the files that are written are those that TensorFlow read', async () => {
  await writeFixtures(folder)
  const digests: Record<string, string> = {}
  for (const name of await readdir(folder)) {
    const stored = await readFile(join(folder, name))
    const bytes = name.endsWith('.GZIP') ? gunzipSync(stored) : name.endsWith('.ZLIB') ? inflateSync(stored) : stored
    digests[name] = createHash('sha256').update(bytes).digest('hex')
  }
  expect(digests).toEqual(verified.files)
  expect(verified.records).toBeGreaterThan(300)
})
