import { Dataset, InvalidArgumentError } from '../../index.ts'
import type { FeaturesInput } from '../../tfrecord/index.ts'
import type { Converter } from './converters.ts'

/**
 * One object a line: its fields become features. Numbers are int64 where they are whole, else float, and stay what they
 * are in the first line that has them; text is bytes; lists are lists. A field of null is left out.
 */
export const jsonLines: Converter = {
  names: /\.(jsonl|ndjson)(\.gz)?$/i,
  async *records(paths) {
    for (const file of paths) {
      for await (const [index, value] of Dataset.jsonLines(file).enumerate()) yield featuresOf(value, index, file)
    }
  },
}

function featuresOf(value: unknown, index: number, file: string): FeaturesInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError(`${file}: value ${index + 1} is no object: ${JSON.stringify(value).slice(0, 40)}.`, {
      file,
    })
  }
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
}
