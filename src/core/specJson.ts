import type { Json } from './state.ts'
import { TensorSpec, type DType, type Shape, type Spec } from './spec.ts'

/** A spec as plain JSON: a leaf `{ dtype, shape }`, a tuple `{ tuple }`, an object `{ fields }` of keys and specs. */
export function specToJson(spec: Spec): Json {
  if (spec instanceof TensorSpec) return { dtype: spec.dtype, shape: spec.shape ?? null }
  if (Array.isArray(spec)) return { tuple: spec.map((part: Spec) => specToJson(part)) }
  return { fields: Object.entries(spec).map(([key, part]) => [key, specToJson(part)]) }
}

type SpecJson =
  | { readonly dtype: DType; readonly shape: Shape | null }
  | { readonly tuple: readonly SpecJson[] }
  | { readonly fields: readonly (readonly [string, SpecJson])[] }

/** The spec that `specToJson` wrote. */
export function specFromJson(json: Json): Spec {
  return fromJson(json as SpecJson)
}

function fromJson(json: SpecJson): Spec {
  if ('tuple' in json) return json.tuple.map(fromJson)
  if ('fields' in json) return Object.fromEntries(json.fields.map(([key, part]) => [key, fromJson(part)]))
  return new TensorSpec(json.shape ?? undefined, json.dtype)
}
