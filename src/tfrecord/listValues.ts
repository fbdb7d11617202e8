/** The values of a decoded list in the dtype that was asked for, by all the rules. */
import type { DType } from '../core/spec.ts'
import { allocate, isTyped, itemBytes, type DataOf, type TypedDType } from '../ndarray/dtype.ts'
import { listRange } from './listRange.ts'
import { textOf, type DecodedFeature } from './rawFeature.ts'
import { rawValues } from './rawValues.ts'

/** A value that is not what was asked, said in the words that follow the feature's name. */
export class Misfit {
  readonly found: string
  readonly hint: string | undefined
  constructor(found: string, hint?: string) {
    this.found = found
    this.hint = hint
  }
}

/**
 * The values of a list.
 *
 * @param count how many there have to be; undefined for any number that is a multiple of `unit`
 */
export function listValues(
  found: DecodedFeature,
  dtype: DType,
  count: number | undefined,
  unit = 1,
): DataOf[DType] | Misfit {
  const data = !isTyped(dtype)
    ? stringsOf(found, dtype, count)
    : found.kind === 'bytes'
      ? rawOf(found.values, dtype, count)
      : numbersOf(found, dtype, count)
  return data instanceof Misfit || data.length % unit === 0
    ? data
    : new Misfit(`it has ${data.length} values, not a multiple of ${unit}`)
}

function stringsOf(
  found: DecodedFeature,
  dtype: 'string' | 'bytes',
  count: number | undefined,
): string[] | Uint8Array[] | Misfit {
  if (found.kind !== 'bytes') return new Misfit(`it is a list of kind ${found.kind}`, readAs[found.kind])
  if (count !== undefined && found.values.length !== count) return wrongCount(found)
  if (dtype === 'bytes') return found.values
  const texts: string[] = []
  for (const bytes of found.values) {
    const text = textOf(bytes)
    if (text === undefined)
      return new Misfit(`value ${texts.length} is not UTF-8`, "Ask for 'bytes' to get it as it is.")
    texts.push(text)
  }
  return texts
}

function rawOf(
  values: readonly Uint8Array[],
  dtype: TypedDType,
  count: number | undefined,
): DataOf[TypedDType] | Misfit {
  if (values.length === 0 && (count === undefined || count === 0)) return allocate(dtype, 0)
  if (values.length !== 1) {
    return new Misfit(`it is a list of ${values.length} byte strings`, 'Raw values are stored as one byte string.')
  }
  const [bytes] = values
  const size = itemBytes(dtype)
  if (count === undefined && bytes.length % size !== 0) {
    return new Misfit(`it is ${bytes.length} bytes long, not a multiple of ${size}`, readAs.bytes)
  }
  if (count !== undefined && bytes.length !== count * size) {
    return new Misfit(`it is ${bytes.length} bytes long and not ${count * size}`, readAs.bytes)
  }
  const data = rawValues(dtype, bytes, 0, bytes.length)
  const wrong = dtype === 'bool' ? bytes.findIndex((byte) => byte > 1) : -1
  return wrong < 0 ? data : new Misfit(`value ${wrong} is ${bytes[wrong]} and not 0 or 1`)
}

function numbersOf(found: DecodedFeature, dtype: TypedDType, wanted: number | undefined): DataOf[TypedDType] | Misfit {
  const floating = dtype === 'float32' || dtype === 'float64'
  const fits = found.kind === 'float' ? floating : found.kind === 'int64' && dtype !== 'float32'
  if (!fits) return new Misfit(`it is a list of kind ${found.kind}`, readAs[found.kind])
  if (wanted !== undefined && found.values.length !== wanted) return wrongCount(found)
  if (found.kind === 'int64' && dtype === 'int64') return found.values
  const count = found.values.length
  const data = allocate(dtype, count) as Float64Array
  const [least, greatest] = found.kind === 'int64' ? (listRange[dtype] ?? [0, 0]) : [-Infinity, Infinity]
  for (let i = 0; i < count; i++) {
    const value = Number(found.values[i])
    if (value < least || value > greatest) {
      return new Misfit(
        `value ${i} is ${String(found.values[i])}, and ${dtype} holds ${least} to ${greatest}`,
        readAs.int64,
      )
    }
    data[i] = value
  }
  return data
}

function wrongCount(found: DecodedFeature): Misfit {
  return new Misfit(
    `it is a list of ${found.values.length} values of kind ${found.kind}`,
    'The shape has to hold as many values as the list; an empty list does not count as absent.',
  )
}

const readAs: Readonly<Record<DecodedFeature['kind'], string>> = {
  bytes: "A bytes list is read as 'bytes', 'string', or raw as any dtype of the same length in bytes.",
  float: "A float list is read as 'float32' or 'float64'.",
  int64: "An int64 list is read as 'int64', or as a smaller dtype that holds its values.",
  none: '',
}
