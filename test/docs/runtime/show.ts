import { Dataset, NdArray, TensorSpec } from 'millrace'

/** A value as examples write it: `int32 [1, 2]`, `{ x: 0, y: 'a' }`; a dataset as its elements, one after the other. */
export async function show(value: unknown): Promise<string> {
  const settled = await value
  return settled instanceof Dataset ? (await settled.toArray()).map(text).join(', ') : text(settled)
}

function text(value: unknown): string {
  if (value instanceof NdArray) return `${value.dtype} ${text(value.toArray())}`
  if (value instanceof TensorSpec) return value.toString()
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${text(part)}`)
  return `{ ${parts.join(', ')} }`
}
