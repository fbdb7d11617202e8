import { joinPath, isStructure } from '../ndarray/element.ts'
import { describe, isNdArray, type NdArray } from '../ndarray/ndarray.ts'

/** How far floats may lie apart and still count as equal. */
export interface Tolerance {
  /** The most that they may differ; 0 by default. */
  readonly absolute?: number
  /** The same as a share of the expected value; 0 by default. */
  readonly relative?: number
}

/**
 * What differs first between two elements, as text; undefined where they are equal: in structure, dtypes, shapes and every
 * value, where NaN equals NaN and -0 is not 0.
 *
 * @param tolerance for the floats among the values
 */
export function difference(
  actual: unknown,
  expected: unknown,
  tolerance: Tolerance = {},
  path = '',
): string | undefined {
  if (isNdArray(actual) && isNdArray(expected)) return arrayDifference(actual, expected, tolerance, path)
  if (actual instanceof Uint8Array && expected instanceof Uint8Array) {
    return listDifference(actual, expected, () => false, path)
  }
  if (isStructure(actual) && isStructure(expected)) return structureDifference(actual, expected, tolerance, path)
  if (equal(actual, expected) || (isNumber(actual) && isNumber(expected) && near(actual, expected, tolerance))) {
    return undefined
  }
  return `${name(path)} is ${show(actual)} instead of ${show(expected)}`
}

function arrayDifference(actual: NdArray, expected: NdArray, tolerance: Tolerance, path: string): string | undefined {
  if (describe(actual) !== describe(expected)) {
    return `${name(path)} is ${describe(actual)} instead of ${describe(expected)}`
  }
  const floats = actual.dtype === 'float32' || actual.dtype === 'float64'
  const same = (a: unknown, b: unknown): boolean =>
    floats ? near(a as number, b as number, tolerance) : actual.dtype === 'bytes' && difference(a, b) === undefined
  return listDifference(actual.data, expected.data, same, joinPath(path, 'data'))
}

function structureDifference(actual: object, expected: object, tolerance: Tolerance, path: string): string | undefined {
  const [keys, wanted] = [Object.keys(actual), Object.keys(expected)]
  const missing = wanted.filter((key) => !keys.includes(key))
  const surplus = keys.filter((key) => !wanted.includes(key))
  if (Array.isArray(actual) !== Array.isArray(expected))
    return `${name(path)} is ${show(actual)} instead of ${show(expected)}`
  if (missing.length > 0) return `${name(path)} lacks ${missing.join(', ')}`
  if (surplus.length > 0) return `${name(path)} has ${surplus.join(', ')}, which it should not`
  for (const key of keys) {
    const found = difference(
      (actual as Readonly<Record<string, unknown>>)[key],
      (expected as Readonly<Record<string, unknown>>)[key],
      tolerance,
      Array.isArray(actual) ? `${path}[${key}]` : joinPath(path, key),
    )
    if (found !== undefined) return found
  }
  return undefined
}

function listDifference(
  actual: ArrayLike<unknown>,
  expected: ArrayLike<unknown>,
  same: (a: unknown, b: unknown) => boolean,
  path: string,
): string | undefined {
  if (actual.length !== expected.length) {
    return `${name(path)} has ${actual.length} values instead of ${expected.length}`
  }
  for (let i = 0; i < actual.length; i++) {
    if (equal(actual[i], expected[i]) || same(actual[i], expected[i])) continue
    return `${name(path)}[${i}] is ${show(actual[i])} instead of ${show(expected[i])}`
  }
  return undefined
}

function equal(a: unknown, b: unknown): boolean {
  return Object.is(a, b)
}

function near(actual: number, expected: number, { absolute = 0, relative = 0 }: Tolerance): boolean {
  return (
    Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected)) && (absolute > 0 || relative > 0)
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  return typeof value === 'object' && value !== null ? describe(value) : String(value)
}

function name(path: string): string {
  return path === '' ? 'it' : path
}
