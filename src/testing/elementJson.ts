/**
 * Elements as JSON that people can read and a version control can compare, and that gives exactly the element back.
 *
 *   finite numbers, texts, booleans, null   themselves
 *   tuples and objects                      arrays and objects of parts
 *   NdArray        { "ndarray": dtype, "shape": [...], "data": [...] }   row by row; int64 as texts
 *   bytes          { "bytes": base64 }
 *   bigint         { "bigint": "12" }
 *   NaN, -0, ...   { "number": "NaN" }
 *   an object that looks like one of these  { "object": [[key, part], ...] }
 */
import { DataLossError } from '../core/errors.ts'
import type { DType } from '../core/spec.ts'
import type { Json } from '../core/state.ts'
import { allocate, dtypes } from '../ndarray/dtype.ts'
import { isStructure, joinPath, notAnElement } from '../ndarray/element.ts'
import { isNdArray, NdArray, sizeOf } from '../ndarray/ndarray.ts'

type JsonObject = Readonly<Record<string, Json>>

const marks = ['ndarray', 'bytes', 'bigint', 'number', 'object']

/**
 * An element as JSON.
 *
 * @throws InvalidArgumentError naming a part that an element cannot hold
 */
export function elementToJson(value: unknown, path = ''): Json {
  if (isNdArray(value)) {
    const data = Array.from<unknown>(value.data)
    return { ndarray: value.dtype, shape: [...value.shape], data: data.map((part) => scalarToJson(part, path)) }
  }
  if (!isStructure(value)) return leafToJson(value, path)
  if (Array.isArray(value)) return value.map((part, i) => elementToJson(part, `${path}[${i}]`))
  const entries = Object.entries(value).map(([key, part]): [string, Json] => [
    key,
    elementToJson(part, joinPath(path, key)),
  ])
  return entries.some(([key]) => marks.includes(key)) ? { object: entries } : Object.fromEntries(entries)
}

function leafToJson(value: unknown, path: string): Json {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { number: Object.is(value, -0) ? '-0' : String(value) }
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  throw notAnElement(value, path)
}

function scalarToJson(value: unknown, path: string): Json {
  return typeof value === 'bigint' ? String(value) : leafToJson(value, path)
}

/**
 * The element again.
 *
 * @throws DataLossError where the JSON was not made by `elementToJson`
 */
export function elementFromJson(json: Json): unknown {
  if (Array.isArray(json)) return json.map((part: Json) => elementFromJson(part))
  if (typeof json !== 'object' || json === null) return json
  const object = json as JsonObject
  const { ndarray, shape, data, bytes, bigint, number, object: entries } = object
  if (typeof ndarray === 'string') return arrayFromJson(ndarray, shape, data)
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'))
  if (typeof bigint === 'string') return BigInt(bigint)
  if (typeof number === 'string') return Number(number)
  const parts = Array.isArray(entries) ? (entries as [string, Json][]) : Object.entries(object)
  return Object.fromEntries(parts.map(([key, part]) => [key, elementFromJson(part)]))
}

function arrayFromJson(dtype: string, shape: Json | undefined, data: Json | undefined): NdArray {
  const right =
    dtypes.includes(dtype as DType) &&
    Array.isArray(shape) &&
    Array.isArray(data) &&
    sizeOf(shape as number[]) === data.length
  if (!right) throw new DataLossError(`an NdArray ${dtype} ${JSON.stringify(shape)} cannot be read back from JSON.`)
  const values = allocate(dtype as DType, data.length) as unknown[]
  data.forEach((part: Json, i) => {
    values[i] = dtype === 'int64' ? BigInt(part as string) : elementFromJson(part)
  })
  return new NdArray(dtype as DType, shape as number[], values as never)
}
