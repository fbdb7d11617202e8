/** Parses an Example by all the rules, slowly, and says what is wrong where it cannot. */
import { InvalidArgumentError, type ErrorContext } from '../core/errors.ts'
import { shapeText } from '../core/spec.ts'
import { allocate, isTyped, itemBytes, type TypedDType } from '../ndarray/dtype.ts'
import { NdArray, scalarAt, sizeOf } from '../ndarray/ndarray.ts'
import type { Features, FixedLenFeature } from './features.ts'
import { listRange } from './listRange.ts'
import { decodeFeature, findFeatures, textOf, type DecodedFeature, type RawFeature } from './rawFeature.ts'
import { rawValues } from './rawValues.ts'

/** A value that is not what was asked, said in the words that follow the feature's name. */
class Misfit {
  readonly found: string
  readonly hint: string | undefined
  constructor(found: string, hint?: string) {
    this.found = found
    this.hint = hint
  }
}

/**
 * The value of each feature, in their order.
 *
 * @param where gives the place of the record, for errors
 * @throws InvalidArgumentError naming the feature, what was asked, what was found, and what the record has
 */
export function checkedParse(bytes: Uint8Array, features: Features, where?: () => ErrorContext): unknown[] {
  const found = findChecked(bytes, where)
  return Object.entries(features).map(([name, feature]) => {
    const raw = found.get(name)
    if (raw === undefined || raw.kind === 'none') {
      if (feature.defaultValue !== undefined) return feature.defaultValue
      const absent = new Misfit(
        raw === undefined ? 'the record does not have it' : 'it has no value',
        'Ask for it under its own name, or give it a defaultValue.',
      )
      throw misfitError(name, feature, absent, found, where)
    }
    const value = valueOf(decodeFeature(bytes, raw), feature)
    if (value instanceof Misfit) throw misfitError(name, feature, value, found, where)
    return value
  })
}

function findChecked(bytes: Uint8Array, where: (() => ErrorContext) | undefined): Map<string, RawFeature> {
  try {
    return findFeatures(bytes)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    const context = where?.()
    throw new InvalidArgumentError(place(context) + error.message, { ...context, cause: error })
  }
}

function misfitError(
  name: string,
  { shape, dtype }: FixedLenFeature,
  { found, hint }: Misfit,
  features: ReadonlyMap<string, RawFeature>,
  where: (() => ErrorContext) | undefined,
): InvalidArgumentError {
  const context = where?.()
  const listed = [...features]
    .slice(0, 20)
    .map(([key, { kind, count }]) => `${JSON.stringify(key)} (${kind}, ${count})`)
  const more = features.size > listed.length ? ` and ${features.size - listed.length} more` : ''
  const has = listed.length === 0 ? 'The record has no features.' : `The record has ${listed.join(', ')}${more}.`
  return new InvalidArgumentError(
    `${place(context)}feature ${JSON.stringify(name)} was to be ${dtype} ${shapeText(shape)}, but ${found}. ${has}`,
    { ...context, hint },
  )
}

function place(context: ErrorContext | undefined): string {
  if (context?.file === undefined) return ''
  return context.record === undefined ? `${context.file}: ` : `${context.file}: record ${context.record}: `
}

function valueOf(found: DecodedFeature, { shape, dtype }: FixedLenFeature): unknown {
  const count = sizeOf(shape)
  if (!isTyped(dtype)) return stringsOf(found, shape, dtype, count)
  const data = found.kind === 'bytes' ? rawOf(found.values, dtype, count) : numbersOf(found, dtype, count)
  if (data instanceof Misfit) return data
  return shape.length === 0 ? scalarAt({ dtype, data }, 0) : new NdArray(dtype, shape, data)
}

function stringsOf(found: DecodedFeature, shape: readonly number[], dtype: 'string' | 'bytes', count: number): unknown {
  if (found.kind !== 'bytes') return new Misfit(`it is a list of kind ${found.kind}`, readAs[found.kind])
  if (found.values.length !== count) return wrongCount(found)
  if (dtype === 'bytes') return shape.length === 0 ? found.values[0] : new NdArray(dtype, shape, found.values)
  const texts: string[] = []
  for (const bytes of found.values) {
    const text = textOf(bytes)
    if (text === undefined)
      return new Misfit(`value ${texts.length} is not UTF-8`, "Ask for 'bytes' to get it as it is.")
    texts.push(text)
  }
  return shape.length === 0 ? texts[0] : new NdArray(dtype, shape, texts)
}

function rawOf(values: readonly Uint8Array[], dtype: TypedDType, count: number): DataOfDType | Misfit {
  if (values.length === 0 && count === 0) return allocate(dtype, 0)
  if (values.length !== 1) {
    return new Misfit(`it is a list of ${values.length} byte strings`, 'Raw values are stored as one byte string.')
  }
  const [bytes] = values
  const wanted = count * itemBytes(dtype)
  if (bytes.length !== wanted) return new Misfit(`it is ${bytes.length} bytes long and not ${wanted}`, readAs.bytes)
  const data = rawValues(dtype, bytes, 0, bytes.length)
  const wrong = dtype === 'bool' ? bytes.findIndex((byte) => byte > 1) : -1
  return wrong < 0 ? data : new Misfit(`value ${wrong} is ${bytes[wrong]} and not 0 or 1`)
}

type DataOfDType = Exclude<NdArray<TypedDType>['data'], unknown[]>

function numbersOf(found: DecodedFeature, dtype: TypedDType, count: number): DataOfDType | Misfit {
  const floating = dtype === 'float32' || dtype === 'float64'
  const fits = found.kind === 'float' ? floating : found.kind === 'int64' && dtype !== 'float32'
  if (!fits) return new Misfit(`it is a list of kind ${found.kind}`, readAs[found.kind])
  if (found.values.length !== count) return wrongCount(found)
  if (found.kind === 'int64' && dtype === 'int64') return found.values
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
