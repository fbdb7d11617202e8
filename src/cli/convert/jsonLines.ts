import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { fileError, InvalidArgumentError } from '../../index.ts'
import type { FeaturesInput } from '../../tfrecord/index.ts'
import type { Converter } from './converters.ts'

/**
 * One object a line: its fields become features. Numbers are int64 where they are whole, else float, and stay what they
 * are in the first line that has them; text is bytes; lists are lists. A field of null is left out.
 */
export const jsonLines: Converter = {
  names: /\.(jsonl|ndjson)(\.gz)?$/,
  async *records(paths) {
    for (const path of paths) yield* linesOf(path)
  },
}

async function* linesOf(path: string): AsyncGenerator<FeaturesInput> {
  const file = createReadStream(path)
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  // An error of the file does not travel through a pipe, nor through readline.
  const failed = new Promise<never>((_, reject) => {
    for (const stream of [file, input])
      stream.on('error', (error: unknown) => reject(fileError(error, path, 'cannot read')))
  })
  failed.catch(() => undefined)
  const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]()
  try {
    for (let number = 1; ; number++) {
      const line: IteratorResult<string, undefined> = await Promise.race([lines.next(), failed])
      if (line.value === undefined) return
      if (line.value.trim() !== '') yield parse(line.value, path, number)
    }
  } finally {
    file.destroy()
  }
}

function parse(line: string, path: string, number: number): FeaturesInput {
  const fail = (what: string, cause?: unknown): InvalidArgumentError =>
    new InvalidArgumentError(`${path}: line ${number} ${what}.`, { file: path, cause })
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw fail(`is no JSON: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail('is no object')
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}
