import { SkippedReport } from 'millrace'
import { imageFolder, type ImageTable } from 'millrace/image'
import { say } from '../training/say.ts'
import { checkEnough } from '../transfer/pictureClasses.ts'
import { openRecordSet, type RecordSet, staleness, writeRecordSet } from '../transfer/recordSet.ts'
import type { Flags } from './flags.ts'
import type { Sources } from './sources.ts'

const parts = { train: 0.8, validation: 0.1, test: 0.1 }
/** What transparent pixels are laid over. */
const white = [255, 255, 255] as const

/**
 * Decodes the pictures, resizes them to what the network takes, divides them at random, shuffles them, and writes them as
 * TFRecords of floats from 0 to 255. What was prepared of the same pictures stays.
 */
export async function prepare(
  { table, network, pictures: { folder, origin } }: Sources,
  { batch, seed, skip, workers }: Flags,
  signal: AbortSignal,
): Promise<RecordSet> {
  const tables = table.split(parts, { seed, exact: true })
  checkEnough({ train: tables.train.length, validation: tables.validation.length, test: tables.test.length }, batch)
  const there = await openRecordSet(folder)
  const stale = there && staleness(there, origin)
  if (there !== undefined && stale === undefined) {
    say(`the pictures in ${folder} are prepared already`)
    return there
  }
  if (stale !== undefined) say(`preparing anew: ${folder} was made of ${stale}`)
  const report = new SkippedReport()
  const rows = (part: ImageTable) => {
    const images = imageFolder(part, { size: network.size, background: white, keepPath: true, workers })
    const shuffled = images.globalShuffle({ seed })
    const read = skip === 0 ? shuffled : shuffled.ignoreErrors({ maxErrors: skip, report, log: say })
    return read.map(({ image, label, path }) => ({ values: image as never, label, path }))
  }
  const newParts = Object.fromEntries(
    Object.entries(tables).map(([name, part]) => [name, { rows: rows(part), count: part.length }]),
  )
  const about = { origin, classNames: table.classNames, shape: [...network.size, 3] }
  const set = await writeRecordSet(folder, about, newParts, { doing: 'preparing', unit: 'pictures', signal })
  if (report.count > 0) say(`${report.count} pictures could not be read and are left out`)
  return set
}
