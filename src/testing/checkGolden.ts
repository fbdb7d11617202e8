import { AssertionError } from 'node:assert'
import { readFile } from 'node:fs/promises'
import { checkBoolean, checkCount, checkOptions, wrongArgument } from '../core/checks.ts'
import { END, isEnd } from '../core/cursor.ts'
import { DataLossError, FailedPreconditionError, fileError, NotFoundError } from '../core/errors.ts'
import { release } from '../core/lease.ts'
import type { Json } from '../core/state.ts'
import { Dataset } from '../dataset/dataset.ts'
import { writeAtomically } from '../files/writeAtomically.ts'
import { difference, type Tolerance } from './difference.ts'
import { elementFromJson, elementToJson } from './elementJson.ts'

/** Options of `checkGolden`. */
export interface GoldenOptions extends Tolerance {
  /** Whether the file is written anew instead of compared with; false by default. */
  readonly update?: boolean
  /** Elements to compare; all by default, which an endless dataset needs a limit for. */
  readonly limit?: number
  /** The pass to compare; 0 by default. */
  readonly epoch?: number
}

const format = 1

/**
 * Checks that a dataset gives what it gave when its golden file was written: JSON with an element a line, so that a change
 * shows in a review.
 *
 * @param file its path; written with `update`, whole or not at all
 * @returns how many elements were compared or written
 *
 * @example
 * const golden = file('', 'batches.json')
 * checkGolden(Dataset.range(3).batch(2), golden, { update: true }) // 2
 * checkGolden(Dataset.range(3).batch(2), golden) // 2
 * @throws AssertionError naming the element and the first value that differs
 * @throws NotFoundError where the file does not exist, DataLossError where it is no golden file
 */
export async function checkGolden(
  dataset: Dataset<unknown>,
  file: string,
  options: GoldenOptions = {},
): Promise<number> {
  if (!(dataset instanceof Dataset)) throw wrongArgument('checkGolden', 'dataset', 'a Dataset', dataset)
  if (typeof file !== 'string' || file === '') throw wrongArgument('checkGolden', 'file', 'a path', file)
  checkOptions('checkGolden', options, ['update', 'limit', 'epoch', 'absolute', 'relative'])
  const limit = checkCount('checkGolden', 'limit', options.limit ?? Infinity, { infinite: true })
  const epoch = checkCount('checkGolden', 'epoch', options.epoch ?? 0)
  const tolerance = {
    absolute: checkShare('absolute', options.absolute),
    relative: checkShare('relative', options.relative),
  }
  if (checkBoolean('checkGolden', 'update', options.update ?? false)) return await write(dataset, file, epoch, limit)
  const golden = await read(file)
  await using iterator = dataset.iterator({ epoch })
  const count = Math.min(limit, golden.length + 1)
  for (let index = 0; index < count; index++) {
    const element = await iterator.pull()
    const expected = index < golden.length ? elementFromJson(golden[index]) : END
    if (isEnd(element) && isEnd(expected)) return index
    const differs = isEnd(element)
      ? 'is not there'
      : isEnd(expected)
        ? 'is one too many'
        : difference(element, expected, tolerance)
    if (differs !== undefined) {
      const message = `checkGolden: element ${index} is not that of ${file}: ${differs}.`
      throw new AssertionError({ message, actual: element, expected })
    }
    release(element)
  }
  return count
}

function checkShare(option: string, value = 0): number {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value
  throw wrongArgument('checkGolden', option, 'a number of at least 0', value)
}

async function read(file: string): Promise<readonly Json[]> {
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const failure = fileError(error, file, 'checkGolden: cannot read')
    if (!(failure instanceof NotFoundError)) throw failure
    throw new NotFoundError(`checkGolden: there is no ${file}.`, { file, hint: 'Write it once with { update: true }.' })
  }
  let golden: { readonly millraceGolden?: unknown; readonly elements?: unknown }
  try {
    golden = JSON.parse(text) as typeof golden
  } catch (error) {
    throw new DataLossError(`checkGolden: ${file} is no JSON.`, { file, cause: error })
  }
  if (golden.millraceGolden !== format || !Array.isArray(golden.elements)) {
    throw new FailedPreconditionError(`checkGolden: ${file} is no golden file of format ${format}.`, { file })
  }
  return golden.elements as Json[]
}

async function write(dataset: Dataset<unknown>, file: string, epoch: number, limit: number): Promise<number> {
  const lines: string[] = []
  await using iterator = dataset.iterator({ epoch })
  while (lines.length < limit) {
    const element = await iterator.pull()
    if (isEnd(element)) break
    lines.push(JSON.stringify(elementToJson(element)))
    release(element)
  }
  const text = `{ "millraceGolden": ${format}, "elements": [\n${lines.join(',\n')}\n] }\n`
  await writeAtomically(file, Buffer.from(text))
  return lines.length
}
