import { readFileSync } from 'node:fs'
import { releaseObstacles, type ReleaseManifest } from './releaseObstacles.ts'

/*
 * Says what stands in the way of a release, and fails where anything does:
 *
 *   node test/package/checkRelease.ts v1.2.3 https://github.com/OWNER/NAME
 */
const [tag = '', home = ''] = process.argv.slice(2)
const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const manifest = JSON.parse(read('package.json')) as ReleaseManifest
const found = releaseObstacles(tag, home, manifest, read('CHANGELOG.md'))
for (const sentence of found) console.error(sentence)
process.exitCode = found.length === 0 ? 0 : 1
