import { RecordReader } from 'millrace/tfrecord'

/** Records that are lent: for who is done with one before the next. */
export async function readLent(files: readonly string[], atOnce = false): Promise<number> {
  if (!atOnce) {
    let read = 0
    for (const file of files) read += await readLentFiles([file])
    return read
  }
  return readLentFiles(files)
}

/** A record of each file in turn. */
async function readLentFiles(files: readonly string[]): Promise<number> {
  let readers = files.map((file) => new RecordReader(file, { reuseMemory: true }))
  for (const reader of readers) reader.prepare()
  let read = 0
  while (readers.length > 0) {
    for (const reader of readers) {
      const pulled = reader.next()
      if ((pulled instanceof Promise ? await pulled : pulled) !== undefined) read++
      else readers = readers.filter((other) => other !== reader)
    }
  }
  return read
}
