import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Dataset } from '../../src/index.ts'
import { freshFolder } from '../contract/freshFolder.ts'
import { fails, ok, runMillrace } from './terminal.ts'

/** The number of a process that is gone: none may be so high. */
const gone = 2 ** 22 + 1
const day = 86_400

/** A directory with a pass of three days ago, what `save` wrote five minutes ago, and what a killed process left. */
async function filled() {
  const directory = freshFolder()
  await Dataset.fromTensorSlices({ x: [1, 2, 3] })
    .cache(directory)
    .toArray()
  const [pass] = readdirSync(directory)
  await Dataset.range(2000).save(join(directory, 'zoo'))
  const left = `.lion.${gone}-0.tmp`
  put(directory, left, '00000-of-00001.elements')
  age(join(directory, pass), 3 * day + 10)
  age(join(directory, 'zoo'), 330)
  age(join(directory, left), 40 * day)
  const cache = (command: string, ...args: string[]) => runMillrace(directory, ['cache', command, directory, ...args])
  return { directory, pass, left, cache }
}

function put(directory: string, name: string, file: string): void {
  mkdirSync(join(directory, name))
  writeFileSync(join(directory, name, file), 'part')
}

/** Makes a folder so many seconds old. */
function age(folder: string, seconds: number): void {
  const time = (performance.timeOrigin + performance.now()) / 1000 - seconds
  for (const path of [...readdirSync(folder).map((name) => join(folder, name)), folder]) utimesSync(path, time, time)
}

const bytesIn = (folder: string) =>
  readdirSync(folder).reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0)

/** Without the dates, which tests cannot know. */
const undated = (out: string) => out.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DATE')

describe('list', () => {
  it('prints a line for each folder', async () => {
    const { directory, pass, left, cache } = await filled()
    const sizes = [pass, 'zoo'].map((name) => bytesIn(join(directory, name)))
    expect(await cache('list')).toEqual(
      ok(`name                                kind        elements  size       age        state
${left.padEnd(34)}  unfinished  ?         4 bytes    40 days    left over
${pass}  pass        3         ${sizes[0]} bytes  3 days     whole
zoo                                 saved       2,000     ${(sizes[1] / 1000).toFixed(1)} kB    5 minutes  whole
3 folders, ${((sizes[0] + sizes[1] + 4) / 1000).toFixed(1)} kB
`),
    )
  })

  it('prints JSON', async () => {
    const { pass, cache } = await filled()
    const [, kept] = JSON.parse((await cache('list', '--json')).out) as Record<string, unknown>[]
    expect(kept).toMatchObject({
      path: `~/${pass}`,
      kind: 'pass',
      key: pass.slice(0, 32),
      seed: 0,
      state: 'whole',
      elements: 3,
      spec: { fields: [['x', { dtype: 'int32', shape: [] }]] },
      compression: null,
      files: 2,
      problem: null,
    })
    expect(kept.ageSeconds).toBeGreaterThanOrEqual(3 * day)
  })

  it('names a directory that is not there, and says where there is nothing', async () => {
    const { directory, cache } = await filled()
    const none = join(directory, 'none')
    expect((await runMillrace(directory, ['cache', 'list', none])).err).toMatch(
      /^NotFoundError: cannot read ~\/none: ENOENT.*Check the path\.\n$/,
    )
    await cache('clear', '--saved', '--yes')
    expect(await cache('list')).toEqual(ok('name  kind  elements  size  age  state\n0 folders, 0 bytes\n'))
    for (const command of ['info', 'verify']) expect(await cache(command)).toEqual(ok('no folders of elements\n'))
  })
})

describe('info', () => {
  it('prints keys, specs, files, ages and what is wrong', async () => {
    const { directory, pass, left, cache } = await filled()
    truncateSync(join(directory, 'zoo', '00000-of-00001.elements'), 100)
    age(join(directory, 'zoo'), 150)
    const { code, out } = await cache('info')
    expect([code, undated(out)]).toEqual([
      0,
      `~/${left}
  not whole
  1 file, 4 bytes
  written 40 days ago, DATE
  left over
~/${pass}
  kept by cache or snapshot: key ${pass.slice(0, 32)}, seed 0
  3 elements of {x: int32 []}
  2 files, ${bytesIn(join(directory, pass))} bytes
  written 3 days ago, DATE
  whole
~/zoo
  written by save
  2,000 elements of int32 []
  2 files, ${bytesIn(join(directory, 'zoo'))} bytes
  written 2 minutes ago, DATE
  damaged: 00000-of-00001.elements has 100 bytes, not 48000.
`,
    ])
  })
})

describe('verify', () => {
  it('reads every element', async () => {
    const { pass, left, cache } = await filled()
    expect(await cache('verify')).toEqual(
      ok(`~/${left}: not whole, left out\n~/${pass}: 3 elements, ok\n~/zoo: 2,000 elements, ok\n`),
    )
  })

  it('finds a wrong byte, with exit code 1', async () => {
    const { directory, pass, cache } = await filled()
    const file = join(directory, 'zoo', '00000-of-00001.elements')
    const bytes = readFileSync(file)
    bytes[1000] ^= 1
    writeFileSync(file, bytes)
    const { code, out } = await cache('verify')
    expect(code).toBe(1)
    expect(out).toMatch(/\n~\/zoo: damaged: ~\/zoo\/00000-of-00001\.elements: record 41 at byte \d+: the checksum of /)
    expect(JSON.parse((await cache('verify', '--json')).out)).toEqual([
      { path: `~/${pass}`, elements: 3, problem: null },
      { path: '~/zoo', elements: 2000, problem: expect.stringContaining('record 41') as string },
    ])
  })
})

describe('clear', () => {
  it('shows first, and deletes with --yes, but never what save wrote', async () => {
    const { directory, pass, left, cache } = await filled()
    const bytes = bytesIn(join(directory, pass))
    const before = readdirSync(directory)
    const told = (verb: string) => `${verb} ~/${left} (unfinished, left over, 4 bytes, 40 days old)
${verb} ~/${pass} (pass, whole, ${bytes} bytes, 3 days old)
2 of 3 folders, ${bytes + 4} bytes`
    expect(await cache('clear')).toEqual(ok(`${told('would delete')}. Nothing is deleted yet: give --yes to delete.\n`))
    expect(readdirSync(directory)).toEqual(before)
    expect(await cache('clear', '--yes')).toEqual(ok(`${told('deleted')}\n`))
    expect(readdirSync(directory)).toEqual(['zoo'])
    expect(await cache('clear', '--yes')).toEqual(ok('0 of 1 folder, 0 bytes\n'))
  })

  it.each<[string[], string[]]>([
    [
      ['--older-than', '90m'],
      ['left', 'pass'],
    ],
    [['--older-than', '2w'], ['left']],
    [
      ['--older-than', '71.5h'],
      ['left', 'pass'],
    ],
    [
      ['--older-than', '6m', '--saved'],
      ['left', 'pass'],
    ],
    [['--saved'], ['left', 'pass', 'zoo']],
    [['--unfinished'], ['left']],
    [['--damaged'], ['pass']],
    [
      ['--damaged', '--unfinished'],
      ['left', 'pass'],
    ],
    [['--key', 'x'], []],
    [['--key', ''], ['pass']],
  ])('%j chooses %j', async (flags, chosen) => {
    const { directory, pass, left, cache } = await filled()
    if (flags.includes('--damaged')) {
      truncateSync(join(directory, pass, 'metadata.json'), 3)
      truncateSync(join(directory, 'zoo', 'metadata.json'), 3)
    }
    const names: Record<string, string> = { left, pass, zoo: 'zoo' }
    const { out } = await cache('clear', '--json', ...flags)
    const { deleted, folders } = JSON.parse(out) as { deleted: boolean; folders: { path: string }[] }
    expect([deleted, folders.map(({ path }) => basename(path))]).toEqual([false, chosen.map((name) => names[name])])
    expect(existsSync(join(directory, pass))).toBe(true)
  })

  it('leaves alone what a process writes', async () => {
    const { directory, cache } = await filled()
    const busy = `.zebra.${process.pid}-0.tmp`
    put(directory, busy, 'metadata.json')
    expect((await cache('list')).out).toContain(`in use by process ${process.pid}`)
    await cache('clear', '--saved', '--yes')
    expect(readdirSync(directory)).toEqual([busy])
  })

  it('names what cannot be deleted, with exit code 1, and deletes the rest', async () => {
    const { directory, pass, left, cache } = await filled()
    writeFileSync(join(directory, pass, 'notes.txt'), 'mine')
    const { code, out, err } = await cache('clear', '--yes')
    expect([code, out.split('\n').length, err]).toEqual([
      1,
      3,
      `FailedPreconditionError: ~/${pass} holds notes.txt, which millrace did not write. It was not removed.\n`,
    ])
    expect(out).toContain(`deleted ~/${left} (`)
    expect(readdirSync(directory).sort()).toEqual([pass, 'zoo'].sort())
  })

  it.each(['3', 'd', '3y', '-1d', ''])('refuses the age %j', async (text) => {
    expect(await runMillrace('~', ['cache', 'clear', 'x', `--older-than=${text}`])).toEqual(
      fails(
        2,
        `error: option '--older-than <age>' argument '${text}' is invalid. It takes a number and a unit: 30s, 90m, 12h, ` +
          '7d or 2w.',
      ),
    )
  })
})
